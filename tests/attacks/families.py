"""All re-created attacks, by family."""

from tests.attacks.at_import import AT_IMPORT
from tests.attacks.browser import BROWSER
from tests.attacks.install_scripts import INSTALL_SCRIPTS
from tests.attacks.loaders import LOADERS
from tests.attacks.planting import PLANTING
from tests.attacks.theft import THEFT
from tests.attacks.wipes import WIPES
from tests.attacks.worms import WORMS

FAMILIES = {
    "install scripts": INSTALL_SCRIPTS, "at import": AT_IMPORT, "browser": BROWSER, "loaders": LOADERS,
    "planting": PLANTING, "theft": THEFT, "wipes": WIPES, "worms": WORMS,
}  # fmt: skip
