"""${message}."""

import sqlalchemy as sa
from alembic import op

from core.storage.tables import RowId, UtcTime

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    """${message}; older releases must be able to go on beside it."""
    ${upgrades if upgrades else "pass"}
