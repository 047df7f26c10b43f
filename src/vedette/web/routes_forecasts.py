"""Routes of networks and of how threats spread over them. Forecasts are jobs, each person's own."""

from __future__ import annotations

import math
import time
from typing import Annotated, Any

import anyio
from fastapi import Path, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from fastapi.routing import APIRouter
from pydantic import ValidationError

from vedette.errors import BadInput, TooLarge
from vedette.records import ForecastJob, ForecastModel, Network, NetworkInfo, readers_among
from vedette.records_json import encode, job_json
from vedette.web.parts import Handed, Visit, errors, json_of, reply
from vedette.web.schemas import ReadersBody
from vedette.web.schemas_forecasts import (
    ForecastBody,
    ForecastCountsBody,
    ForecastsBody,
    HistoryBody,
    IncidentsBody,
    ModelsBody,
    NetworksBody,
    NewNetworkBody,
    ObservedBody,
    PromoteBody,
    RatesBody,
)

router = APIRouter(tags=["forecasts"])
NetworkName = Annotated[str, Path(description="Name of a network.", max_length=100)]
ModelId = Annotated[str, Path(description="Id of a model, or its kind and version: mlp-3.", max_length=64)]
JobId = Annotated[str, Path(description="Id of one of your forecasts.", max_length=64)]
# How often a forecast that somebody waits for is looked at: often at first, since most are short.
LOOK_S = (0.02, 0.5)
NETWORK_FILES = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": NewNetworkBody.model_json_schema()}},
    }
}
# In place, as FastAPI would do it: what is referred to stands outside of the components.
_DEFINED = NETWORK_FILES["requestBody"]["content"]["application/json"]["schema"].pop("$defs", {})  # type: ignore[index]
