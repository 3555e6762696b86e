"""mirror_check.py PROGRAM FOLDER - are both shores measured alike? Prints a line a fault; exit 1 when there is one.

The demo is mirrored about the meridian through the middle of its strait and each shore is written down the way the
other country does: the field names, the codes, the coordinate system. A mirror image of the ellipsoid about a meridian
keeps all ground distances, so every home must get the distance it had. Not to the last bit: EPSG:25832 is no mirror of
itself there, and its scale, which sund takes out again, is another (by 5e-5). Over five kilometres 0.3 mm of that are
left; TOLERANCE_M allows for 1 mm. A home that near to a standard's limit might fall on either side; none is.

Rates are equal, along the network and over land, where both registers say the same. Where the classes of access come
from the law they differ: private woods are open on paths and by day in Denmark (restricted), by allemansrätten in
Sweden (public). Then only homes may change that reach such a wood, and none may when the standard asks for no class.

Last, the order in which the two shores are named must change the order of rows and nothing else.
"""
import os
import sqlite3
import subprocess
import sys

from osgeo import ogr, osr

ogr.UseExceptions()
program, folder = sys.argv[1:3]

TOLERANCE_M = 0.001
STANDARDS = {"who-05": 300, "forest": 2000, "beach": 2000, "open-wood": 1500, "any-wood": 1500}
MIDDLE = (727000, 6213400)  # EPSG:25832: the middle of the demo's strait
SYSTEM = {"dk": 25832, "se": 3006}
OTHER = {"dk": "se", "se": "dk"}

# Role: file and layer of each country, columns in the same order. The first column of green, homes, areas is the id.
LAYERS = [
    ("areas", {"dk": ("kommuner", "kommuner", "kommunekode navn"),
               "se": ("kommuner", "kommuner", "kommunkod kommunnamn")}),
    ("land", {"dk": ("kyst", "land", "objekttype"),
              "se": ("strandlinje", "land", "objekttyp")}),
    ("green", {"dk": ("natur", "naturomraader", "id naturtype offentlig_adgang navn"),
               "se": ("natur", "gronomraden", "objektid marktyp tilltrade namn")}),
    ("green", {"dk": ("natur", "fredninger", "id naturtype offentlig_adgang navn"),
               "se": ("natur", "naturreservat", "objektid marktyp tilltrade namn")}),
    ("entrances", {"dk": ("natur", "indgange", "id"),
                   "se": ("natur", "entreer", "objektid")}),
    ("homes", {"dk": ("befolkning", "adresser", "adgangsadresse_id personer alder_0_17 alder_18_64 alder_65_plus"),
               "se": ("befolkning", "byggnader", "byggnad_id bef_tot ald_0_17 ald_18_64 ald_65_plus")}),
    ("paths", {"dk": ("veje", "vejmidte", "vejklasse niveau hastighed ensrettet"),
               "se": ("vagar", "vagnat", "vagtyp niva hastighet enkelriktad")}),
]
GREEN = LAYERS[2][1]
# What the two countries call the same thing; all other values are told alike.
WORDS = [("skov", "skog"), ("eng", "äng"), ("mose", "våtmark"), ("sø", "sjö"), ("sportsanlæg", "idrottsplats"),
         ("kolonihave", "koloniområde"), ("kirkegård", "kyrkogård"), ("legeplads", "lekplats"),
         ("fredet", "naturreservat"), ("ja", "allmän"), ("delvis", "begränsad"), ("nej", "privat"), (None, "okänd"),
         ("hovedvej", "huvudled"), ("landevej", "landsväg"), ("lokalvej", "lokalgata"), ("cykelsti", "cykelväg"),
         ("sti", "gångväg"), ("trappe", "trappa")]
CODED = {"green": (1, 2), "paths": (0,)}  # columns with such words
CLOSED = {"dk": "nej", "se": "privat"}
# Where the class comes from the law: GeoDanmark's woods with an owner, Lantmäteriet's land cover.
WOODS = {"dk": ("skov", {"id_lokalId": None, "ejerSkov": "Privat"}),
         "se": ("mark", {"objektidentitet": None, "objekttyp": "Barr- och blandskog", "objekttypnr": 2645})}

faults = []


def check(good, text):
    if not good:
        faults.append(text)


# ---------------------------------------------------------------------------------------------------------- places

def system(code):
    out = osr.SpatialReference()
    out.ImportFromEPSG(code)
    out.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    return out


class Mirror:
    """From a country's system to another's, mirrored or not."""

    def __init__(self, come, go, mirrored):
        middle = osr.CoordinateTransformation(system(25832), system(4258)).TransformPoint(*MIDDLE)[0]
        self.turn = (lambda lon: 2 * middle - lon) if mirrored else (lambda lon: lon)
        self.there = osr.CoordinateTransformation(system(SYSTEM[come]), system(4258))
        self.back = osr.CoordinateTransformation(system(4258), system(SYSTEM[go]))

    def points(self, points):
        globe = [(self.turn(p[0]), p[1]) for p in self.there.TransformPoints(points)]
        return [p[:2] for p in self.back.TransformPoints(globe)]

    def geometry(self, shape):
        out = shape.Clone()
        parts = [out.GetGeometryRef(i) for i in range(out.GetGeometryCount())]
        for part in parts or [out]:
            inner = [part.GetGeometryRef(i) for i in range(part.GetGeometryCount())]
            for line in inner or [part]:
                for i, (x, y) in enumerate(self.points(line.GetPoints())):
                    line.SetPoint_2D(i, x, y)
        return out


def far_marks(middle, kind):
    """Small things at the corners, 60 km away: the data reach beyond every home by far. Where they end is a box in the
    system of a file, which is no mirror of itself, and plays no part here."""
    for dx in (-60000, 60000):
        for dy in (-60000, 60000):
            x, y = middle[0] + dx, middle[1] + dy
            ring = [(x, y), (x + 80, y), (x + 80, y + 80), (x, y + 80), (x, y)]
            text = ", ".join(f"{a} {b}" for a, b in (ring if kind == "green" else ring[:2]))
            yield ogr.CreateGeometryFromWkt(f"POLYGON (({text}))" if kind == "green" else f"LINESTRING ({text})")


# ---------------------------------------------------------------------------------------------------------- layers

def layer_of(path, name, like, code, fields):
    """A new layer, and the file that it lives in: gone when nobody holds it."""
    driver = ogr.GetDriverByName("GPKG")
    file = ogr.Open(path, 1) if os.path.exists(path) else driver.CreateDataSource(path)
    layer = file.CreateLayer(name, system(code), like)
    for field, kind in fields:
        layer.CreateField(ogr.FieldDefn(field, kind))
    return file, layer


def add(layer, geometry, values):
    feature = ogr.Feature(layer.GetLayerDefn())
    feature.SetGeometry(geometry)
    for i, value in enumerate(values):
        if value is not None:
            feature.SetField(i, value)
    layer.CreateFeature(feature)


def translate(value, come, go):
    for danish, swedish in WORDS if come != go else []:
        if value == (danish if come == "dk" else swedish):
            return swedish if go == "se" else danish
    return value


def is_private_wood(kind, access, country):
    return kind in ("skov", "skog") and access == CLOSED[country]


def write_layer(role, names, come, go, mirrored, out, by_law):
    """One layer of the demo; with by_law without its private woods, which write_woods writes."""
    file = ogr.Open(f"{folder}/demo/{come}/{names[come][0]}.gpkg")
    source = file.GetLayerByName(names[come][1])
    columns = names[come][2].split()
    types = [source.GetLayerDefn().GetFieldDefn(source.GetLayerDefn().GetFieldIndex(c)).GetType() for c in columns]
    mirror = Mirror(come, go, mirrored)
    kept, layer = layer_of(f"{out}/{names[go][0]}.gpkg", names[go][1], source.GetGeomType(), SYSTEM[go],
                           list(zip(names[go][2].split(), types)))
    layer.StartTransaction()
    for feature in source:
        values = [feature[c] for c in columns]
        words = [translate(v, come, go) if i in CODED.get(role, ()) else v for i, v in enumerate(values)]
        if not (by_law and role == "green" and is_private_wood(values[1], values[2], come)):
            add(layer, mirror.geometry(feature.GetGeometryRef()), words)
    if role == "green" or role == "paths":
        for shape in far_marks(MIDDLE, role):
            shape = Mirror("dk", go, mirrored).geometry(shape)
            way = "sti" if go == "dk" else "gångväg"
            add(layer, shape, ["mark", "strand", CLOSED[go]] if role == "green" else [way, 0])
    layer.CommitTransaction()


def write_woods(come, go, mirrored, out):
    """The private woods, in the register where their class comes from the law."""
    file = ogr.Open(f"{folder}/demo/{come}/natur.gpkg")
    source = file.GetLayerByName(GREEN[come][1])
    mirror = Mirror(come, go, mirrored)
    name, fields = WOODS[go]
    kinds = [(f, ogr.OFTInteger if isinstance(v, int) else ogr.OFTString) for f, v in fields.items()]
    kept, layer = layer_of(f"{out}/skov.gpkg", name, ogr.wkbPolygon, SYSTEM[go], kinds)
    for feature in source:
        if is_private_wood(feature[1], feature[2], come):
            add(layer, mirror.geometry(feature.GetGeometryRef()), [feature[0]] + list(fields.values())[1:])


def write_project(name, mirrored, by_law, order=("dk", "se"), distance="network", standards=tuple(STANDARDS)):
    """Writes the layers, once, and a project that names the shores in this order; a shore keeps the name it had."""
    text = ["crs: EPSG:25832", "profile: [dk, se]", "layers:"]
    where = {shore: f"{folder}/{name}/{shore}" for shore in order}
    for shore in order:
        if os.path.exists(where[shore]):
            continue
        os.makedirs(where[shore])
        go = OTHER[shore] if mirrored else shore
        for role, names in LAYERS:
            write_layer(role, names, shore, go, mirrored, where[shore], by_law)
        if by_law:
            write_woods(shore, go, mirrored, where[shore])
    for role in dict.fromkeys(role for role, _ in LAYERS):
        text.append(f"  {role}:")
        for shore in order:
            go = OTHER[shore] if mirrored else shore
            for names in (names for r, names in LAYERS if r == role):
                text.append(f"    - {{source: {where[shore]}/{names[go][0]}.gpkg, layername: {names[go][1]}}}")
            if role == "green" and by_law:
                text.append(f"    - {{source: {where[shore]}/skov.gpkg, layername: {WOODS[go][0]}}}")
    asked = [f"{folder}/{s}.yaml" if s.endswith("-wood") else s for s in standards]
    text += ["queries:", "  access:", f"    standards: [{', '.join(asked)}]",
             f"    distance: {distance}", "    quick: true"]
    path = f"{folder}/{name}/{'-'.join(order)}-{distance}.yaml"
    with open(path, "w") as file:
        file.write("\n".join(text) + "\n")
    return path


# --------------------------------------------------------------------------------------------------------- results

def run(project):
    result = project.replace(".yaml", ".gpkg")
    subprocess.run([program, "run", project, "-q", "-o", result], check=True)
    return sqlite3.connect(result)


def ask(result, sql):
    return result.execute(sql).fetchall()


def homes(result, standard):
    s = '"' + standard.replace("-", "_")
    rows = ask(result, f'SELECT home_id, persons, status, {s}_dist_m", {s}_met", {s}_green" FROM access_homes')
    return {row[0]: row[1:] for row in rows}


def compare_homes(name, one, other, standard):
    """Homes whose distance or answer differ: what they reach in either result."""
    a, b, limit = homes(one, standard), homes(other, standard), STANDARDS[standard]
    check(set(a) == set(b) and len(a) > 9000, f"{name}, {standard}: not the same homes")
    changed = []
    for home in a:
        (_, _, d1, met1, green1), (_, _, d2, met2, green2) = a[home], b[home]
        far = (d1 is None) != (d2 is None) or (d1 is not None and abs(d1 - d2) > TOLERANCE_M)
        if far or met1 != met2:
            changed.append((home, d1, met1, green1, d2, met2, green2))
        check(d1 is None or abs(d1 - limit) > TOLERANCE_M, f"{name}, {standard}: {home} is at the limit: move it")
    return changed


def check_same(name, one, other, standard, but=()):
    """All homes and all rates but those of some variants, which must differ."""
    changed = compare_homes(name, one, other, standard)
    for row in changed[:5]:
        check(False, f"{name}, {standard}: {row}")
    check(not changed, f"{name}, {standard}: {len(changed)} homes differ")
    # The four municipalities: the standard's own rates, those of groups, of the three readings, by straight line.
    sql = f"""SELECT indicator, variant, area_id, value FROM indicators
              WHERE (variant = '{standard}' OR variant LIKE '{standard}/%')
              AND indicator IN ('access.share', 'access.persons', 'access.unassessed') ORDER BY 1, 2, 3"""
    a, b = ask(one, sql), ask(other, sql)
    differ = [pair for pair in zip(a, b) if pair[0] != pair[1]]
    check(len(a) == len(b) > 4 * 3 * 7 and {pair[0][1] for pair in differ} == set(but),
          f"{name}, {standard}: {len(differ)} rates differ: {differ[:2]}")


def check_law(one, other):
    """Every home that changes reaches, where it is nearer, a wood that is open by Swedish law; some do, on both."""
    law = [dict(ask(r, "SELECT green_id, law FROM green_areas")) for r in (one, other)]
    shores = set()
    for home, d1, met1, green1, d2, met2, green2 in compare_homes("law", one, other, "open-wood"):
        nearer = 0 if d2 is None or (d1 is not None and d1 < d2) else 1
        check((law[nearer].get((green1, green2)[nearer]) or "").startswith("SE regeringsformen"),
              f"law: {home} changes for another reason: {d1} {green1}, {d2} {green2}")
        shores.add(nearer)
    check(shores == {0, 1}, f"law: no home changes, or on one shore only: {shores}")
    for r, result in enumerate((one, other)):
        seen = ask(result, "SELECT DISTINCT access, law FROM green_areas WHERE law IS NOT NULL ORDER BY 1")
        check(seen == [("public", "SE regeringsformen 2 kap. 15 §"),
                       ("restricted", "DK naturbeskyttelsesloven § 23 stk. 5")], f"law: {seen}")


def rows_of(result, table, leave):
    columns = [c[1] for c in ask(result, f'PRAGMA table_info("{table}")') if not c[1].endswith(leave)]
    names = ", ".join(f'"{c}"' for c in columns)
    return sorted(repr(row) for row in ask(result, f'SELECT {names} FROM "{table}"'))


def check_order(one, other):
    for table in ("access_homes", "access_areas", "green_areas", "access_curve", "indicators"):
        a, b = (rows_of(r, table, ("fid", "green_id", "_green", "_entrance")) for r in (one, other))
        differ = [pair for pair in zip(a, b) if pair[0] != pair[1]]
        check(len(a) == len(b) and not differ, f"order, {table}: {len(differ)} of {len(a)} rows: {differ[:1]}")


def main():
    subprocess.run([program, "demo", f"{folder}/demo"], check=True)
    for name, access in (("open-wood", "public, unknown"), ("any-wood", "public, restricted, private, unknown")):
        with open(f"{folder}/{name}.yaml", "w") as file:
            file.write(f"{{name: {name}, kinds: [forest], access: [{access}], min_ha: 0.5, max_m: 1500}}\n")
    plain = run(write_project("plain", False, False))
    mirrored = run(write_project("mirrored", True, False))
    for standard in STANDARDS:
        check_same("mirror", plain, mirrored, standard)
    for result in (plain, mirrored):
        check(ask(result, "SELECT count(*) FROM access_homes WHERE reason LIKE '%-data-end'") == [(0,)],
              "data end near homes")
    check_order(plain, run(write_project("plain", False, False, ("se", "dk"))))
    over_land = [run(write_project(name, name == "mirrored", False, distance="land", standards=("who-05", "forest")))
                 for name in ("plain", "mirrored")]
    for standard in ("who-05", "forest"):
        check_same("over land", *over_land, standard)
    law, law_mirrored = run(write_project("law", False, True)), run(write_project("law-mirrored", True, True))
    check_same("law", law, law_mirrored, "any-wood", but=["any-wood/public"])
    check_law(law, law_mirrored)


main()
print("\n".join(faults) or "both shores are measured alike")
sys.exit(bool(faults))
