#!/usr/bin/env python3
"""Are the same cells wet at a level? Usage: bench_flood_compare.py FIRST_WET.tif LEVEL LAKE.tif

FIRST_WET.tif is a result of sund: metres = raw * scale + offset, nodata = never. LAKE.tif is a peer's lake at one level,
nodata = dry; its cells lie strictly below the level. Prints one line; exit 1 when a cell differs.
"""
import sys

import numpy
from osgeo import gdal

gdal.UseExceptions()
ROWS = 512


def main(ours, level, theirs):
    wet, lake = gdal.Open(ours), gdal.Open(theirs)
    a, b = wet.GetRasterBand(1), lake.GetRasterBand(1)
    columns, rows = wet.RasterXSize, wet.RasterYSize
    if (columns, rows) != (lake.RasterXSize, lake.RasterYSize):
        sys.exit(f"{ours} has {columns} x {rows} cells, {theirs} {lake.RasterXSize} x {lake.RasterYSize}")
    millimetres = round(1000 * float(level))
    counts = [0, 0, 0]  # wet here, wet there, different
    for row in range(0, rows, ROWS):
        window = (0, row, columns, min(ROWS, rows - row))
        raw, depth = a.ReadAsArray(*window), b.ReadAsArray(*window)
        metres = raw * (a.GetScale() or 1.0) + (a.GetOffset() or 0.0)
        here = (raw != a.GetNoDataValue()) & (numpy.rint(1000 * metres) < millimetres)
        there = (depth != b.GetNoDataValue()) & numpy.isfinite(depth)
        for k, what in enumerate((here, there, here != there)):
            counts[k] += int(what.sum())
    print(f"{counts[0]} and {counts[1]} of {columns * rows} cells wet, {counts[2]} differ")
    return 1 if counts[2] else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
