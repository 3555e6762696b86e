"""qgis_check.py RESULT.gpkg [FOLDER] - opens a result in headless QGIS and checks what a user would see.

For every layer: it opens, its default style was loaded from the file (renderer, classes, labels), the fields have the
names people read, enumerated fields are value maps, title, abstract and history stand in the metadata. The rasters
beside it (RESULT_*.tif) open with the classes of their style, and their values are metres. The spatial layers are drawn
together into FOLDER/RESULT.png. Prints one line a fault; exit 1 when there is one.
"""
import os
import sqlite3
import sys
import xml.etree.ElementTree as xml

from qgis.core import (QgsApplication, QgsMapRendererParallelJob, QgsMapSettings, QgsRasterLayer, QgsRectangle,
                       QgsVectorLayer)
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor

faults = []


def check(good, text):
    if not good:
        faults.append(text)
    return good


def check_renderer(layer, name, qml):
    wanted = qml.find("renderer-v2")
    renderer = layer.renderer()
    if not check(renderer is not None and renderer.type() == wanted.get("type"),
                 f"{name}: renderer is {renderer and renderer.type()}, not {wanted.get('type')}"):
        return
    if renderer.type() == "graduatedSymbol":
        seen = [(r.lowerValue(), r.upperValue(), r.label()) for r in renderer.ranges()]
        meant = [(float(r.get("lower")), float(r.get("upper")), r.get("label")) for r in wanted.find("ranges")]
        colours = [r.symbol().color() for r in renderer.ranges()]
    elif renderer.type() == "categorizedSymbol":
        seen = [(str(c.value()), c.label()) for c in renderer.categories()]
        meant = [(c.get("value"), c.get("label")) for c in wanted.find("categories")]
        colours = [c.symbol().color() for c in renderer.categories()]
    else:
        seen = meant = []
        colours = [renderer.symbol().color()]
    check(seen == meant, f"{name}: classes are {seen}, not {meant}")
    if renderer.type() != "singleSymbol":
        field = renderer.classAttribute()
        check(layer.fields().indexOf(field) >= 0, f"{name}: styled by '{field}', which is no field")
    for colour, symbol in zip(colours, wanted.find("symbols")):
        text = [p.get("v") for p in symbol.iter("prop") if p.get("k") in ("color", "line_color")][0]
        red, green, blue = (int(part) for part in text.split(",")[:3])
        check((colour.red(), colour.green(), colour.blue()) == (red, green, blue),
              f"{name}: colour is {colour.name()}, not {text}")


def check_labels(layer, name, qml):
    wanted = qml.find("labeling")
    check(layer.labelsEnabled() == (wanted is not None), f"{name}: labels enabled: {layer.labelsEnabled()}")
    if wanted is not None and layer.labeling() is not None:
        field = wanted.find("settings/text-style").get("fieldName")
        check(layer.labeling().settings().fieldName == field, f"{name}: labels are not from '{field}'")


def check_fields(layer, name, db, qml):
    aliases = {a.get("field"): a.get("name") for a in qml.find("aliases")}
    columns = db.execute("SELECT column_name, title, constraint_name FROM gpkg_data_columns WHERE table_name = ?",
                         (name,)).fetchall()
    check(len(columns) > 0, f"{name}: no column is described")
    for column, title, constraint in columns:
        index = layer.fields().indexOf(column)
        if not check(index >= 0, f"{name}.{column}: no such field"):
            continue
        check(aliases.get(column) == title, f"{name}.{column}: alias in the style and title differ")
        check(layer.attributeAlias(index) == title,
              f"{name}.{column}: alias is '{layer.attributeAlias(index)}', not '{title}'")
        if constraint:
            setup = layer.editorWidgetSetup(index)
            values = {v for (v,) in db.execute("SELECT value FROM gpkg_data_column_constraints WHERE "
                                               "constraint_name = ?", (constraint,))}
            shown = setup.config().get("map", [])
            shown = shown if isinstance(shown, list) else [shown]
            check(setup.type() == "ValueMap" and {v for part in shown for v in part.values()} == values,
                  f"{name}.{column}: not a value map of {sorted(values)}")


def check_metadata(layer, name, title, summary, db):
    metadata = layer.metadata()
    check(metadata.title() and title.startswith(metadata.title()), f"{name}: title is '{metadata.title()}'")
    check(metadata.abstract() == (summary or ""), f"{name}: abstract is '{metadata.abstract()}'")
    (text,) = db.execute("SELECT m.metadata FROM gpkg_metadata m JOIN gpkg_metadata_reference r ON r.md_file_id = m.id "
                         "WHERE r.table_name = ? AND m.md_standard_uri = 'http://mrcc.com/qgis.dtd'", (name,)).fetchone()
    written = xml.fromstring(text)
    check(metadata.history() == [part.text for part in written.iter("history")], f"{name}: the history was not read")
    check(metadata.licenses() == [part.text for part in written.iter("license")], f"{name}: licences were not read")


def open_layer(path, name, data_type, title, summary, db):
    layer = QgsVectorLayer(f"{path}|layername={name}", name, "ogr")
    if not check(layer.isValid(), f"{name}: does not open"):
        return None
    rows = db.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]
    check(layer.featureCount() == rows, f"{name}: {layer.featureCount()} features instead of {rows}")
    geometry = "geom" if data_type == "features" else ""
    style = db.execute("SELECT styleQML FROM layer_styles WHERE f_table_name = ? AND f_geometry_column = ? AND "
                       "f_table_catalog = '' AND f_table_schema = '' AND useAsDefault", (name, geometry)).fetchall()
    if not check(len(style) == 1, f"{name}: {len(style)} default styles"):
        return None
    qml = xml.fromstring(style[0][0])
    if data_type == "features":
        check(layer.isSpatial() and layer.crs().isValid(), f"{name}: no geometry or no CRS")
        check_renderer(layer, name, qml)
        check_labels(layer, name, qml)
        for (text,) in db.execute("SELECT styleQML FROM layer_styles WHERE f_table_name = ?", (name,)):
            xml.fromstring(text)
    check_fields(layer, name, db, qml)
    check_metadata(layer, name, title, summary, db)
    return layer


def open_raster(path):
    """A raster of the result: styled by the file beside it without anybody asking, in metres by scale and offset."""
    name = os.path.basename(path)
    layer = QgsRasterLayer(path, name)
    if not check(layer.isValid() and layer.crs().isValid(), f"{name}: does not open, or has no CRS"):
        return None
    renderer, wanted = layer.renderer(), xml.parse(path[:-4] + ".qml").getroot().find("pipe/rasterrenderer")
    if not check(renderer.type() == wanted.get("type") == "singlebandpseudocolor",
                 f"{name}: renderer is {renderer.type()}"):
        return None
    shader = renderer.shader().rasterShaderFunction()
    seen = [(item.value, item.label, item.color.name()) for item in shader.colorRampItemList()]
    meant = [(float(i.get("value")), i.get("label"), i.get("color")) for i in wanted.iter("item")]
    check(seen == meant, f"{name}: classes are {seen}, not {meant}")
    check(abs(renderer.opacity() - float(wanted.get("opacity"))) < 1e-6, f"{name}: opacity is {renderer.opacity()}")
    provider = layer.dataProvider()
    scale, offset = provider.bandScale(1), provider.bandOffset(1)
    block = provider.block(1, provider.extent(), provider.xSize(), provider.ySize())
    values = [block.value(row, column) for row in range(0, block.height(), 7) for column in range(0, block.width(), 7)
              if not block.isNoData(row, column)]
    check(scale < 1 and values, f"{name}: scale {scale}, {len(values)} values")
    for value in values:
        steps = (value - offset) / scale
        if not check(abs(steps - round(steps)) < 0.05 and -0.5 < steps < 65535, f"{name}: {value} is no step of {scale}"):
            break
    return layer


def draw(rasters, layers, picture):
    """Rasters below, then areas, then lines, then points; white is what was left empty."""
    layers = sorted((l for l in layers if l.isSpatial() and l.featureCount() > 0), key=lambda l: l.geometryType())
    extent = QgsRectangle()
    extent.setMinimal()
    for layer in layers:
        extent.combineExtentWith(layer.extent())
    if not check(layers and extent.isFinite() and not extent.isNull(), "nothing to draw"):
        return
    extent.grow(0.03 * max(extent.width(), extent.height(), 1))
    settings = QgsMapSettings()
    settings.setLayers(layers + rasters)
    settings.setDestinationCrs(layers[0].crs())
    settings.setBackgroundColor(QColor(255, 255, 255))
    settings.setOutputSize(QSize(1200, 900))
    settings.setExtent(extent)
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    for error in job.errors():
        check(False, f"{error.layerID}: {error.message}")
    image = job.renderedImage()
    drawn = sum(image.pixelColor(x, y) != QColor(255, 255, 255)
                for x in range(0, image.width(), 3) for y in range(0, image.height(), 3))
    check(drawn > 100, f"the picture is nearly empty ({drawn} of its points are drawn on)")
    check(image.save(picture), f"{picture} cannot be written")


def main():
    path = os.path.abspath(sys.argv[1])
    folder = sys.argv[2] if len(sys.argv) > 2 else os.path.dirname(path)
    before = sorted(os.listdir(os.path.dirname(path)))
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    contents = db.execute("SELECT table_name, data_type, identifier, description FROM gpkg_contents WHERE "
                          "table_name <> 'layer_styles'").fetchall()
    check(len(contents) > 0, "the file has no layers")
    layers = [open_layer(path, *row, db) for row in contents]
    layers = [layer for layer in layers if layer]
    db.close()
    name = os.path.splitext(os.path.basename(path))[0]
    beside = os.path.dirname(path)
    rasters = [open_raster(os.path.join(beside, entry)) for entry in before
               if entry.startswith(f"{name}_") and entry.endswith(".tif")]
    rasters = [raster for raster in rasters if raster]
    draw(rasters, layers, os.path.join(folder, f"{name}.png"))
    after = [entry for entry in os.listdir(os.path.dirname(path)) if not entry.endswith(".png")]
    check(set(after) <= set(before), f"opening left files: {sorted(set(after) - set(before))}")
    for fault in faults:
        print(fault)
    print(f"qgis: {len(layers)} layers, {sum(l.isSpatial() for l in layers)} drawn, {len(rasters)} rasters, "
          f"{len(faults)} faults")
    return 1 if faults else 0


application = QgsApplication([], False)
application.initQgis()
status = main()
sys.stdout.flush()
os._exit(status)  # QGIS may crash while it takes itself apart; what was asked is answered
