"""`/ui/static/{digest}/{name}`: what pages load, for everybody."""

from dataclasses import dataclass

from starlette.responses import Response

from data_bank_api.api.resource import PUBLIC
from data_bank_api.ui.assets import PATH, Assets
from data_bank_api.ui.visit import Visit
from data_bank_api.ui.window import View, Window


def static_windows(assets: Assets) -> list[Window]:
    return [Window(PATH, {"GET": View(PUBLIC, Static(assets).show)})]


@dataclass(frozen=True, slots=True)
class Static:
    assets: Assets

    async def show(self, visit: Visit) -> Response:
        named = visit.request.path_params
        return self.assets.find(str(named["digest"]), str(named["name"])).answer()
