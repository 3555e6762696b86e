"""bench_qgis.py FOLDER REPORT - asks QGIS the questions of tests/bench, headless, with its own algorithms only.

FOLDER holds homes.gpkg, green.gpkg, edges.gpkg and sund's answer ours.gpkg (homes on the streets themselves). REPORT
gets `straight` and `network` lines with seconds of wall and CPU time, start-up left out, `peak` with megabytes, and
`says` lines that compare the answers.

QGIS has no distance along a network from many homes to the nearest of many places. What it has is the service area:
all street within 300 m of the entrances. A home is met when its place on the street is part of it.
"""
import resource
import sys
import time

from qgis.analysis import QgsNativeAlgorithms
from qgis.core import (QgsApplication, QgsDistanceArea, QgsPointXY, QgsProcessingContext, QgsProcessingFeedback,
                       QgsProject, QgsVectorLayer)

folder, report_name = sys.argv[1:3]
application = QgsApplication([], False)
application.initQgis()
provider = QgsNativeAlgorithms()
QgsApplication.processingRegistry().addProvider(provider)
context = QgsProcessingContext()
context.setProject(QgsProject.instance())
feedback = QgsProcessingFeedback()


def run(name, **parameters):
    """One algorithm, its result kept in memory."""
    algorithm = QgsApplication.processingRegistry().createAlgorithmById("native:" + name)
    outcome, good = algorithm.run({"OUTPUT": "TEMPORARY_OUTPUT", **parameters}, context, feedback)
    if not good:
        raise SystemExit(f"bench_qgis.py: {name} failed: {feedback.textLog()}")
    result = outcome["OUTPUT"]
    return context.takeResultLayer(result) if isinstance(result, str) else result


def layer(name):
    found = QgsVectorLayer(f"{folder}/{name}", name, "ogr")
    if not found.isValid():
        raise SystemExit(f"bench_qgis.py: {name} does not open")
    return found


def merged_green(green):
    single = run("multiparttosingleparts", INPUT=run("dissolve", INPUT=green, FIELD=[]))
    return run("extractbyexpression", INPUT=single, EXPRESSION="$area >= 5000")


def timed(function, *arguments):
    wall, cpu = time.monotonic(), time.process_time()
    result = function(*arguments)
    return result, time.monotonic() - wall, time.process_time() - cpu


def straight(homes, green):
    big = merged_green(green)
    return run("joinbynearest", INPUT=homes, INPUT_2=big, FIELDS_TO_COPY=["kind"], NEIGHBORS=1, DISCARD_NONMATCHING=True)


def network(homes, green, edges):
    big = merged_green(green)
    streets = run("extractbyexpression", INPUT=edges, EXPRESSION='"level" = 0')
    entrances = run("lineintersections", INPUT=streets, INTERSECT=run("boundary", INPUT=big))
    near = run("serviceareafromlayer", INPUT=edges, START_POINTS=entrances, STRATEGY=0, TRAVEL_COST2=300.0,
               TOLERANCE=0.0)
    # Dissolved first: the service areas of all entrances lie upon each other.
    return run("joinbynearest", INPUT=homes, INPUT_2=run("multiparttosingleparts", INPUT=run("dissolve", INPUT=near)),
               FIELDS_TO_COPY=[], NEIGHBORS=1, MAX_DISTANCE=0.01, DISCARD_NONMATCHING=True)


homes, green, edges = layer("homes.gpkg"), layer("green.gpkg"), layer("edges.gpkg")
QgsProject.instance().setEllipsoid("EPSG:7019")
nearest, straight_wall, straight_cpu = timed(straight, homes, green)
served, network_wall, network_cpu = timed(network, homes, green, edges)

ours = {f["home_id"]: (f["who_05_straight_m"], f["who_05_met"]) for f in layer("ours.gpkg|layername=access_homes").getFeatures()}
ground = QgsDistanceArea()
ground.setSourceCrs(homes.crs(), QgsProject.instance().transformContext())
ground.setEllipsoid("EPSG:7019")
worst, agree, seen = 0.0, 0, set()
for feature in nearest.getFeatures():
    if feature["id"] in seen:  # a home as near to two areas comes twice
        continue
    seen.add(feature["id"])
    metres = ground.measureLine(QgsPointXY(feature["feature_x"], feature["feature_y"]),
                                QgsPointXY(feature["nearest_x"], feature["nearest_y"]))
    apart = abs(metres - ours[feature["id"]][0])
    worst = max(worst, apart)
    agree += apart <= 1e-6 * metres + 1e-5
met = {f["id"] for f in served.getFeatures()} | {k for k, v in ours.items() if v[0] == 0}
same = sum((name in met) == bool(answer[1]) for name, answer in ours.items())
with open(report_name, "w") as report:
    print(f"straight {straight_wall:.3f} {straight_cpu:.3f}", file=report)
    print(f"network {network_wall:.3f} {network_cpu:.3f}", file=report)
    print(f"peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.1f}", file=report)
    print(f"says straight line: {agree} of {len(ours)} homes agree within 1e-6, largest difference {worst:.6f} m",
          file=report)
    print(f"says network: {same} of {len(ours)} homes have the same verdict at 300 m "
          f"(met: {len(met)} by QGIS, {sum(bool(v[1]) for v in ours.values())} by sund)", file=report)
application.exitQgis()
