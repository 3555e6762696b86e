"""bench_qgis.py straight|network FOLDER REPORT - asks QGIS a question of tests/bench, headless, by its own means.

FOLDER holds homes.gpkg, green.gpkg, edges.gpkg and sund's answer along the network, ours.gpkg. REPORT gets lines as
those of bench_measure, start-up left out, and a line `says` that compares the answers.

QGIS has no distance along a network from many homes to the nearest of many places. What it has is the service area:
all street within 300 m of the entrances. A home is met when its place on the street is part of it; the homes must stand
on the streets, because the way from the home to the street cannot be added.
"""
import os
import resource
import sys
import time

from qgis.analysis import QgsNativeAlgorithms
from qgis.core import (QgsApplication, QgsDistanceArea, QgsPointXY, QgsProcessingContext, QgsProcessingFeedback,
                       QgsProject, QgsVectorLayer)

question, folder, report_name = sys.argv[1:4]


def run(name, output="OUTPUT", **parameters):
    """One algorithm, its result kept in memory."""
    context, feedback = QgsProcessingContext(), QgsProcessingFeedback()
    context.setProject(QgsProject.instance())
    algorithm = QgsApplication.processingRegistry().createAlgorithmById("native:" + name)
    outcome, good = algorithm.run({output: "TEMPORARY_OUTPUT", **parameters}, context, feedback)
    if not good:
        raise SystemExit(f"bench_qgis.py: {name} failed: {feedback.textLog()}")
    result = outcome[output]
    return context.takeResultLayer(result) if isinstance(result, str) else result


def layer(name):
    found = QgsVectorLayer(f"{folder}/{name}", name, "ogr")
    if not found.isValid():
        raise SystemExit(f"bench_qgis.py: {name} does not open")
    return found


def merged_green(green):
    single = run("multiparttosingleparts", INPUT=run("dissolve", INPUT=green, FIELD=[]))
    # An equal-area projection gives hectares on the ground; $area is that of the map here.
    return run("extractbyexpression", INPUT=single,
               EXPRESSION="area(transform($geometry, 'EPSG:25832', 'EPSG:3035')) >= 5000")


def timed(function, *arguments):
    wall, cpu = time.monotonic(), time.process_time()
    result = function(*arguments)
    return result, time.monotonic() - wall, time.process_time() - cpu


def straight(homes, green):
    big = merged_green(green)
    return run("joinbynearest", INPUT=homes, INPUT_2=big, FIELDS_TO_COPY=["kind"], NEIGHBORS=1,
               DISCARD_NONMATCHING=True)


def network(homes, green, edges):
    big = merged_green(green)
    streets = run("extractbyexpression", INPUT=edges, EXPRESSION='"level" = 0')
    entrances = run("lineintersections", INPUT=streets, INTERSECT=run("boundary", INPUT=big))
    near = run("serviceareafromlayer", output="OUTPUT_LINES", INPUT=edges, START_POINTS=entrances, STRATEGY=0,
               TRAVEL_COST2=300.0, TOLERANCE=0.0)
    # Dissolved first: the service areas of all entrances lie upon each other.
    return run("joinbynearest", INPUT=homes, INPUT_2=run("multiparttosingleparts", INPUT=run("dissolve", INPUT=near)),
               FIELDS_TO_COPY=[], NEIGHBORS=1, MAX_DISTANCE=0.01, DISCARD_NONMATCHING=True)


def sund_said():
    """Home: metres in a straight line, and whether the walk is short enough."""
    return {f["home_id"]: (f["who_05_straight_m"], f["who_05_met"])
            for f in layer("ours.gpkg|layername=access_homes").getFeatures()}


def compare_straight(homes, nearest, ours):
    ground = QgsDistanceArea()
    ground.setSourceCrs(homes.crs(), QgsProject.instance().transformContext())
    ground.setEllipsoid("EPSG:7019")
    far = {}
    for feature in nearest.getFeatures():
        far[feature["id"]] = ground.measureLine(QgsPointXY(feature["feature_x"], feature["feature_y"]),
                                                QgsPointXY(feature["nearest_x"], feature["nearest_y"]))
    apart = {name: abs(far.get(name, float("inf")) - answer[0]) for name, answer in ours.items()}
    agree = sum(apart[name] <= 1e-6 * answer[0] + 1e-5 for name, answer in ours.items())
    return f"{agree} of {len(ours)} homes agree within 1e-6, largest difference {max(apart.values()):.6f} m"


def compare_network(served, ours):
    met = {f["id"] for f in served.getFeatures()} | {name for name, answer in ours.items() if answer[0] == 0}
    same = sum((name in met) == bool(answer[1]) for name, answer in ours.items())
    return (f"{same} of {len(ours)} homes have the same verdict at 300 m "
            f"(met: {len(met)} by QGIS, {sum(bool(answer[1]) for answer in ours.values())} by sund)")


def main():
    homes, green, ours = layer("homes.gpkg"), layer("green.gpkg"), sund_said()
    QgsProject.instance().setEllipsoid("EPSG:7019")
    if question == "straight":
        answer, wall, cpu = timed(straight, homes, green)
        says = compare_straight(homes, answer, ours)
    else:
        answer, wall, cpu = timed(network, homes, green, layer("edges.gpkg"))
        says = compare_network(answer, ours)
    with open(report_name, "w") as report:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"wall {wall:.3f}\ncpu {cpu:.3f}\npeak {peak:.1f}\nsays {says}", file=report)


application = QgsApplication([], False)
application.initQgis()
provider = QgsNativeAlgorithms()
QgsApplication.processingRegistry().addProvider(provider)
main()
os._exit(0)  # QGIS may crash while it takes itself apart; what was asked is answered
