"""The catalogue: every rule, in the order in which ``assay rules`` lists them."""

from assay.rules import COMPONENTS
from assay.rules.packages import PACKAGES

ALL = COMPONENTS + PACKAGES
