"""npm's triggers: which scripts, lines of shell and files of a package run, and when."""
