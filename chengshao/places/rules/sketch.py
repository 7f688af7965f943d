"""What is shown of grids and of what is drawn on them: features for the map, paths for print."""

from collections.abc import Iterable, Sequence

from chengshao.places.rules.drawing import Drawing, draw
from chengshao.places.rules.geojson import collection, feature
from chengshao.places.rules.plots import Finding, Plot
from chengshao.places.rules.shapes import GeoJson, geojson_of

Layers = Sequence[tuple[str, Iterable[Plot]]]  # part (grid, around, before, after) and its grids


def features(layers: Layers, findings: Iterable[Finding] = ()) -> str:
    """Return a GeoJSON collection; each feature says which part it is, grids also their code."""
    found: list[GeoJson] = [
        feature(geojson_of(plot.geometry), {"part": part, "code": plot.code})
        for part, plots in layers
        for plot in plots
    ]
    found += [
        feature(geojson_of(finding.where), {"part": "fault"})
        for finding in findings
        if finding.where is not None and not finding.where.is_empty
    ]
    return collection(found).decode()


def drawing(plots: Iterable[Plot]) -> Drawing:
    """Return a picture of grids, for those who have no map."""
    return draw({plot.code: [plot.geometry] for plot in plots})
