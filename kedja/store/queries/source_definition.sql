SELECT definition::text FROM source WHERE name = $1
