"""real_flood_check.py RESULT TERRAIN LAND GAUGE - is the storm surge of a result what plain searches find?

Nothing here comes from sund but its answers. LAND holds the land in the terrain's system; a cell is sea where its
centre is not land. The ground is taken in whole millimetres, as the result says of itself.

first wet   two ways: for each level a breadth-first search over the cells that lie no higher; for all levels Dijkstra's
            with the highest cell of the way as its cost. Both must be the raster, cell for cell.
extents     the polygons, rasterised, are those cells.
sums        cells times their ground area. The scale of UTM there is worked out by the series in Easting (Snyder 1987,
            8-11): 1.0002, so that an area of the map is 0.04 % too large.
homes       the raster's value under the point; a saddle's crest where one decides.
gauge       the largest value of each year; the storms counted anew, and the persons that their tail expects a year.

Prints a line a fault; exit 1 when there is one.
"""
import collections
import csv
import gzip
import heapq
import math
import sqlite3
import sys
from datetime import datetime, timedelta

import numpy as np
from osgeo import gdal, ogr

gdal.UseExceptions()
result, terrain, land_file, gauge = sys.argv[1:5]

AREA = "230"
STEP, OFFSET, NEVER = 0.001, -10.0, 65535
SEMI_MAJOR, SQUARED_ECCENTRICITY, SCALE = 6378137.0, 0.00669438002, 0.9996  # GRS 80; UTM
COAST_EAST, COAST_NORTH = 723900, math.radians(55.83)  # metres of UTM; latitude
EIGHT = [(-1, -1), (-1, 0), (-1, 1), (0, -1), (0, 1), (1, -1), (1, 0), (1, 1)]
FOUR = [(-1, 0), (0, -1), (0, 1), (1, 0)]
HOURS_APART = 72

passed, failed = 0, 0
db = sqlite3.connect(result)
layers = ogr.Open(result)  # kept: a layer does not outlive its file


def check(what, good):
    global passed, failed
    passed += bool(good)
    failed += not good
    if not good:
        print(what, file=sys.stderr)


def near(what, value, wanted, tolerance):
    check(f"{what} is {value}, not {wanted} +- {tolerance}",
          value is not None and abs(value - wanted) <= tolerance)


def rasterised(source, layer, where, like):
    """Cells whose centre lies in the polygons, by GDAL."""
    out = gdal.GetDriverByName("MEM").Create("", like.RasterXSize, like.RasterYSize, 1, gdal.GDT_Byte)
    out.SetGeoTransform(like.GetGeoTransform())
    out.SetProjection(like.GetProjection())
    opened = gdal.OpenEx(source)
    polygons = opened.GetLayerByName(layer)
    polygons.SetAttributeFilter(where)
    gdal.RasterizeLayer(out, [1], polygons, burn_values=[1])
    return out.ReadAsArray() == 1


def neighbours(cell, around, shape):
    for down, right in around:
        row, column = cell[0] + down, cell[1] + right
        if 0 <= row < shape[0] and 0 <= column < shape[1]:
            yield row, column


def searched(ground, sea, level, around):
    """Land cells joined to the sea by cells that lie no higher than the level: breadth first."""
    wet = np.zeros(ground.shape, bool)
    queue = collections.deque(zip(*np.nonzero(sea)))
    while queue:
        for cell in neighbours(queue.popleft(), around, ground.shape):
            if not sea[cell] and not wet[cell] and ground[cell] <= level:
                wet[cell] = True
                queue.append(cell)
    return wet


def highest_cells(ground, sea):
    """Of all ways from the sea the one whose highest cell is lowest: that height, for every land cell."""
    best = np.full(ground.shape, NEVER, np.int64)
    heap = [(0, cell) for cell in zip(*np.nonzero(sea))]
    while heap:
        height, here = heapq.heappop(heap)
        if not sea[here] and height > best[here]:
            continue
        for cell in neighbours(here, EIGHT, ground.shape):
            passing = max(height, ground[cell])
            if not sea[cell] and passing < best[cell]:
                best[cell] = passing
                heapq.heappush(heap, (passing, cell))
    return best


def ground_area(transform):
    """Square metres of ground in a cell, by the scale of UTM at the coast."""
    sine = math.sin(COAST_NORTH)
    across = SEMI_MAJOR / math.sqrt(1 - SQUARED_ECCENTRICITY * sine ** 2)
    along = SEMI_MAJOR * (1 - SQUARED_ECCENTRICITY) / (1 - SQUARED_ECCENTRICITY * sine ** 2) ** 1.5
    east = (COAST_EAST - 500000) / SCALE
    scale = SCALE * (1 + east ** 2 / (2 * across * along))
    return abs(transform[1] * transform[5]) / scale ** 2


def column(sql, *values):
    return [row[0] for row in db.execute(sql, values)]


def value(indicator, variant):
    found = column("select value from indicators where indicator=? and variant=? and area_id=?",
                   indicator, variant, AREA)
    return found[0] if found else None


opened = gdal.Open(terrain)
metres = opened.ReadAsArray().astype(np.float64)
ground = np.rint((metres - OFFSET) / STEP).astype(np.int64)  # half to even
sea = ~rasterised(land_file, "land", None, opened)
inside = rasterised(land_file, "land", f"code = '{AREA}'", opened)
answer = gdal.Open(result.replace(".gpkg", "_first_wet.tif"))
wet = answer.ReadAsArray().astype(np.int64)
band = answer.GetRasterBand(1)
check("the raster's grid is not the terrain's", answer.GetGeoTransform() == opened.GetGeoTransform()
      and wet.shape == ground.shape)
check("the raster's steps", (band.GetScale(), band.GetOffset(), band.GetNoDataValue()) == (STEP, OFFSET, NEVER))
check("sea cells do not show their own height", (wet[sea] == ground[sea]).all())
noted = column("select text from findings where text like '%of them sea%'")
check(f"cells of sea: not {int(sea.sum())} in {noted}",
      len(noted) == 1 and f" {int(sea.sum())} of them sea" in noted[0])

# All levels at once, to the cap.
best = highest_cells(ground, sea)
cap = wet[~sea & (wet != NEVER)].max()
best[best > cap] = NEVER
check(f"{int((best != wet)[~sea].sum())} cells differ from Dijkstra's", (best == wet)[~sea].all())
near("highest first-wet level, of a cap of 5 m", cap * STEP + OFFSET, 5, 0.01)

# Level by level.
square_metres = ground_area(opened.GetGeoTransform())
levels = db.execute("select variant, level_m from flood_extents order by level_m").fetchall()
check(f"{len(levels)} extents", len(levels) == 9)
for variant, level in levels:
    raw = math.floor((level - OFFSET) / STEP + 1e-6)
    here = searched(ground, sea, raw, EIGHT)
    check(f"{variant}: {int(((wet <= raw) != here)[~sea].sum())} cells differ from the search's",
          ((wet <= raw) == here)[~sea].all())
    drawn = rasterised(result, "flood_extents", f"variant = '{variant}'", opened)
    check(f"{variant}: {int((drawn != here).sum())} cells of the polygons differ", (drawn == here).all())
    hectares = (here & inside).sum() * square_metres / 1e4
    near(f"{variant}: flood.area", value("flood.area", variant), hectares, 1e-4 * hectares)
    volume = (level - metres)[here & inside].sum() * square_metres
    near(f"{variant}: flood.volume", value("flood.volume", variant), volume, 1e-4 * volume)
    difference = value("flood.difference_area", variant)
    if difference is not None:
        fewer = here & ~searched(ground, sea, raw, FOUR) & inside
        near(f"{variant}: flood.difference_area", difference, fewer.sum() * square_metres / 1e4, 1e-6)
for shape in layers.GetLayerByName("flood_extents"):
    check(f"{shape['variant']}: polygons are not valid", shape.geometry().IsValid())

# The curve never falls, ends where the highest level is, and is the cells counted.
curve = db.execute("select level_m, area_ha, homes, persons, coast_m from flood_curve where area_id=? order by level_m",
                   (AREA,)).fetchall()
check(f"{len(curve)} rows of the curve, of 0 to 3 m", len(curve) == 301)
for lower, upper in zip(curve, curve[1:]):
    check(f"the curve falls at {upper[0]}", all(a <= b for a, b in zip(lower, upper)))
for place, indicator in enumerate(["flood.area", "flood.homes", "flood.persons", "coast.exposed"], 1):
    near(f"last of the curve: {indicator}", curve[-1][place], value(indicator, "3.00"), 1e-9 * curve[-1][place])
counted = [((wet <= math.floor((row[0] - OFFSET) / STEP + 1e-6)) & inside & ~sea).sum() * square_metres / 1e4
           for row in curve]
check("area of the curve is not that of its cells",
      all(abs(row[1] - hectares) <= 1e-4 * hectares for row, hectares in zip(curve, counted)))

# Homes: what the raster says under them.
left, width, _, top, _, height = opened.GetGeoTransform()
crest = dict(db.execute("select saddle_id, crest_m from flood_saddles"))
unlike, undecided, persons = 0, 0, collections.Counter()
for home in layers.GetLayerByName("flood_homes"):
    cell = math.floor((home.geometry().GetY() - top) / height), math.floor((home.geometry().GetX() - left) / width)
    known = 0 <= cell[0] < wet.shape[0] and 0 <= cell[1] < wet.shape[1]
    wanted = wet[cell] if known and wet[cell] != NEVER else None
    told = home["first_wet_m"]
    unlike += (told is None) != (wanted is None) or (told is not None and abs(told - wanted * STEP - OFFSET) > 1e-6)
    if told is not None:
        for variant, level in levels:
            persons[variant] += home["persons"] * (told <= level)
        if home["saddle_id"]:
            undecided += abs(told - crest[home["saddle_id"]]) > 1e-6 or home["ground_m"] >= told
check(f"{unlike} homes unlike the raster", unlike == 0)
check(f"{undecided} homes not decided by their saddle", undecided == 0)
for variant, _ in levels:
    near(f"{variant}: flood.persons", value("flood.persons", variant), persons[variant], 1e-6)

# Saddles: the land behind gets wet all at once, at the crest.
for name, metres_up, behind in db.execute("select saddle_id, crest_m, area_ha_behind from flood_saddles"):
    raw = round((metres_up - OFFSET) / STEP)
    near(f"{name}: hectares behind", behind, ((wet == raw) & (ground < raw) & ~sea).sum() * square_metres / 1e4, 1e-3)

# The gauge, read anew.
series = []
with gzip.open(gauge, "rt") as opened_gauge:
    for row in csv.DictReader(opened_gauge):
        if row["water_level"]:
            series.append((datetime.fromisoformat(row["datetime_UTC"]), float(row["water_level"])))
yearly = collections.defaultdict(lambda: -99.0)
for when, stood in series:
    yearly[when.year] = max(yearly[when.year], stood)
told = dict(db.execute("select year, maximum_m from flood_gauge"))
check(f"yearly maxima {told}, not {dict(yearly)}", told.keys() == yearly.keys()
      and all(abs(told[year] - yearly[year]) < 1e-9 for year in told))


def storms(threshold):
    """Peaks of the runs above it. A run whose peak follows that of the run before too soon belongs to its storm."""
    runs, above = [], False
    for when, stood in series:
        if stood > threshold and not above:
            runs.append((when, stood))
        elif stood > threshold and stood > runs[-1][1]:
            runs[-1] = (when, stood)
        above = stood > threshold
    kept = []
    for place, (when, stood) in enumerate(runs):
        if place > 0 and when - runs[place - 1][0] < timedelta(hours=HOURS_APART):
            kept[-1] = max(kept[-1], stood)
        else:
            kept.append(stood)
    return kept


years, mean, threshold, count, t20, t100 = db.execute(
    "select years, mean_m, threshold_m, storms, t20_m, t100_m from flood_gauge_tail").fetchone()
near("mean of the gauge", mean, sum(stood for _, stood in series) / len(series), 0.002)
found = storms(threshold)
near("storms", count, len(found), 0)
excess = sum(stood - threshold for stood in found) / len(found)
near("20 years", t20, threshold + excess * math.log(len(found) / years * 20), 1e-6)
near("100 years", t100, threshold + excess * math.log(len(found) / years * 100), 1e-6)
rate = len(found) / years
expected = sum(held * min(1, math.exp((threshold + excess * math.log(rate) - told) / excess))
               for held, told in db.execute("select persons, first_wet_m from flood_homes where first_wet_m not null"))
near("expected persons a year", value("flood.ead_persons", "fitted"), expected, 1e-6)
check("a centimetre higher three storms a year pass too", len(storms(threshold + 0.01)) < 3 * years)

print(f"real flood: {passed} passed, {failed} failed")
sys.exit(failed > 0)
