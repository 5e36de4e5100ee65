"""All tables together, for migrations."""

from storage import models_delivery, models_known, models_people, models_search, models_work
from storage.models import Base

metadata = Base.metadata

__all__ = [
    "metadata",
    "models_delivery",
    "models_known",
    "models_people",
    "models_search",
    "models_work",
]
