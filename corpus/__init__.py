"""The signed corpus: what is known of packages, who signed it, and how it is asked.

Only the command line imports this package. Rules see ``assay.scanner.models.CorpusView`` and nothing else.
"""
