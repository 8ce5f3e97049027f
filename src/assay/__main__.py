"""Run the command line as ``python -I -m assay``; the console script ``assay`` is the documented way."""

from assay.scanner.entry import main

main()
