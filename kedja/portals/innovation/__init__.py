"""The innovation portal: from a need or an idea to broad use."""
