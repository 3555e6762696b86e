/* raster_files.h - GeoTIFFs for the tests of terrains, height grids and written rasters. Made with GDAL directly. */
#ifndef SUND_TESTS_RASTER_FILES_H
#define SUND_TESTS_RASTER_FILES_H

#include <cpl_string.h>

#include "vector_files.h"

typedef struct raster_spec {
  const char *name;
  size_t columns, rows;
  GDALDataType type;
  int epsg, heights; /* 0 = none */
  double x0, y0;     /* corner the first row of the file begins at */
  double dx, dy;     /* dy < 0: north up                           */
  double nodata;     /* NAN = none declared                        */
} raster_spec;

static inline OGRSpatialReferenceH raster_srs(int epsg, int heights) {
  OGRSpatialReferenceH flat = OSRNewSpatialReference(NULL), up = OSRNewSpatialReference(NULL),
                       both = OSRNewSpatialReference(NULL);
  assert_int_equal(OSRImportFromEPSG(flat, epsg), OGRERR_NONE);
  if (heights) {
    assert_int_equal(OSRImportFromEPSG(up, heights), OGRERR_NONE);
    assert_int_equal(OSRSetCompoundCS(both, "both", flat, up), OGRERR_NONE);
  } else {
    OSRDestroySpatialReference(both);
    both = OSRClone(flat);
  }
  OSRDestroySpatialReference(flat);
  OSRDestroySpatialReference(up);
  OSRSetAxisMappingStrategy(both, OAMS_TRADITIONAL_GIS_ORDER);
  return both;
}

/* values: row by row as the file has them. options: of GDAL's GTiff driver, ended by NULL, or NULL. The text of the path
 * lives as long as f->ctx. */
static inline const char *raster_make(files *f, raster_spec spec, const double *values, char **options) {
  const char *path = sund_text_copy(f->ctx, files_path(f, spec.name));
  int width = (int)spec.columns, height = (int)spec.rows;
  GDALDatasetH dataset = GDALCreate(GDALGetDriverByName("GTiff"), path, width, height, 1, spec.type, options);
  assert_non_null(dataset);
  double transform[6] = {spec.x0, spec.dx, 0, spec.y0, 0, spec.dy};
  GDALSetGeoTransform(dataset, transform);
  if (spec.epsg) {
    OGRSpatialReferenceH srs = raster_srs(spec.epsg, spec.heights);
    GDALSetSpatialRef(dataset, srs);
    OSRDestroySpatialReference(srs);
  }
  GDALRasterBandH band = GDALGetRasterBand(dataset, 1);
  if (!isnan(spec.nodata)) GDALSetRasterNoDataValue(band, spec.nodata);
  assert_int_equal(
      GDALRasterIO(band, GF_Write, 0, 0, width, height, (void *)values, width, height, GDT_Float64, 0, 0), CE_None);
  GDALClose(dataset);
  return path;
}

#endif
