-- Conformance packages that were added (kedja profile add), and what they define.
CREATE TABLE package (
    name      text COLLATE "C" NOT NULL,
    version   text COLLATE "C" NOT NULL,
    checksum  text COLLATE "C" NOT NULL,         -- SHA-256 over the files, as the command tells
    added     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (name, version)
);
CREATE TABLE package_definition (
    package   text COLLATE "C" NOT NULL,
    version   text COLLATE "C" NOT NULL,
    type      text COLLATE "C" NOT NULL,
    place     integer NOT NULL,                  -- its place in the package
    body      text NOT NULL,                     -- JSON
    PRIMARY KEY (package, version, place),
    FOREIGN KEY (package, version) REFERENCES package ON DELETE CASCADE
);
