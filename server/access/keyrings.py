"""The keys of this process, as the settings say."""

from settings import Settings
from tenants.keys.keyring import Keyring
from tenants.keys.master_keys import LocalMasterKeys
from tenants.keys.secrets import decoded_key


def open_keyring(settings: Settings, master_key: bytes) -> Keyring:
    """Wraps under `FRONTDESK_WRAPPING_KEY`, else the master key; unwraps under either, and the others.

    Raises: Invalid.
    """
    given, others = settings.wrapping_key, settings.other_wrapping_keys
    told = others.get_secret_value().split(",") if others else []
    older = [decoded_key(one, "FRONTDESK_OTHER_WRAPPING_KEYS") for one in told if one.strip()]
    if given is None:
        return Keyring(LocalMasterKeys(master_key, older))
    newest = decoded_key(given.get_secret_value(), "FRONTDESK_WRAPPING_KEY")
    return Keyring(LocalMasterKeys(newest, [*older, master_key]))
