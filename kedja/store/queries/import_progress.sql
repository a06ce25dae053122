SELECT file, position, counts::text, done FROM import_progress WHERE source = $1
