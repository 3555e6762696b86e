/* gpkg_schema.c - the tables of OGC 12-128r18 (GeoPackage 1.3.1), their rows for reference systems and layers, and
 * the R-tree extension with its triggers, which keep the index right when somebody edits the layer later.
 *
 * No statement here asks for the time: defaults that would do so are never used, every date is the spec's.
 */
#include <math.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "gpkg.h"
#include "rtree.h"
#include "style_inside.h"
#include "textbuf.h"

#define NOW "DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now'))"

static const char *const core[] = {
    "CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER NOT NULL PRIMARY KEY,"
    " organization TEXT NOT NULL, organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL,"
    " description TEXT)",
    "CREATE TABLE gpkg_contents (table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL,"
    " identifier TEXT UNIQUE, description TEXT DEFAULT '', last_change " NOW
    ", min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,"
    " CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id))",
    "CREATE TABLE gpkg_geometry_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL,"
    " geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL,"
    " CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name),"
    " CONSTRAINT uk_gc_table_name UNIQUE (table_name),"
    " CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),"
    " CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id))",
    "CREATE TABLE gpkg_extensions (table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL,"
    " definition TEXT NOT NULL, scope TEXT NOT NULL,"
    " CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name))",
    "CREATE TABLE gpkg_data_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, title TEXT,"
    " description TEXT, mime_type TEXT, constraint_name TEXT,"
    " CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name),"
    " CONSTRAINT gdc_tn UNIQUE (table_name, name))",
    "CREATE TABLE gpkg_data_column_constraints (constraint_name TEXT NOT NULL, constraint_type TEXT NOT NULL,"
    " value TEXT, min NUMERIC, min_is_inclusive BOOLEAN, max NUMERIC, max_is_inclusive BOOLEAN, description TEXT,"
    " CONSTRAINT gdcc_ntv UNIQUE (constraint_name, constraint_type, value))",
    "CREATE TABLE gpkg_metadata (id INTEGER CONSTRAINT m_pk PRIMARY KEY ASC NOT NULL,"
    " md_scope TEXT NOT NULL DEFAULT 'dataset', md_standard_uri TEXT NOT NULL,"
    " mime_type TEXT NOT NULL DEFAULT 'text/xml', metadata TEXT NOT NULL DEFAULT '')",
    "CREATE TABLE gpkg_metadata_reference (reference_scope TEXT NOT NULL, table_name TEXT, column_name TEXT,"
    " row_id_value INTEGER, timestamp " NOW
    ", md_file_id INTEGER NOT NULL, md_parent_id INTEGER,"
    " CONSTRAINT crmr_mfi_fk FOREIGN KEY (md_file_id) REFERENCES gpkg_metadata(id),"
    " CONSTRAINT crmr_mpi_fk FOREIGN KEY (md_parent_id) REFERENCES gpkg_metadata(id))",
    /* Not of the standard: GDAL believes its row count, QGIS looks for styles here. */
    "CREATE TABLE gpkg_ogr_contents (table_name TEXT NOT NULL PRIMARY KEY, feature_count INTEGER DEFAULT NULL)",
    "CREATE TABLE layer_styles (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256),"
    " f_table_schema TEXT(256), f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30),"
    " styleQML TEXT, styleSLD TEXT, useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30),"
    " update_time DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')))",
};

static const char *const extensions[][3] = {
    {"gpkg_data_columns", "gpkg_schema", "http://www.geopackage.org/spec131/#extension_schema"},
    {"gpkg_data_column_constraints", "gpkg_schema", "http://www.geopackage.org/spec131/#extension_schema"},
    {"gpkg_metadata", "gpkg_metadata", "http://www.geopackage.org/spec131/#extension_metadata"},
    {"gpkg_metadata_reference", "gpkg_metadata", "http://www.geopackage.org/spec131/#extension_metadata"},
};

static const char insert_srs[] = "INSERT INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?, ?)";

/* srs_id of the layers: the number of an EPSG code, else one of the standard's free range. */
static sund_code add_srs(gpkg_file *file) {
  const char *code = sund_crs_code(file->spec->crs), *colon = code ? strchr(code, ':') : NULL;
  int64_t number = colon ? strtoll(colon + 1, NULL, 10) : 0;
  enum { FREE = 100000 };
  bool known = number > 0 && number < INT32_MAX;
  file->srs = known ? (int32_t)number : FREE;
  if (known && file->srs == 4326) return SUND_OK; /* there already */
  const char *organization = known ? sund_text(file->ctx, "%.*s", (int)(colon - code), code) : "NONE";
  if (!organization) return SUND_LIMIT;
  return gpkg_run(file, insert_srs, "tititt", sund_crs_name(file->spec->crs), (int64_t)file->srs, organization,
                  (int64_t)file->srs, sund_crs_wkt(file->spec->crs), (const char *)NULL);
}

static sund_code add_reference_systems(gpkg_file *file) {
  sund_crs *wgs84 = NULL;
  TRY(sund_crs_open(file->ctx, "EPSG:4326", &wgs84));
  TRY(gpkg_run(file, insert_srs, "tititt", "Undefined Cartesian SRS", (int64_t)-1, "NONE", (int64_t)-1, "undefined",
               "undefined Cartesian coordinate reference system"));
  TRY(gpkg_run(file, insert_srs, "tititt", "Undefined geographic SRS", (int64_t)0, "NONE", (int64_t)0, "undefined",
               "undefined geographic coordinate reference system"));
  TRY(gpkg_run(file, insert_srs, "tititt", "WGS 84 geodetic", (int64_t)4326, "EPSG", (int64_t)4326,
               sund_crs_wkt(wgs84), "longitude and latitude in degrees on the WGS 84 ellipsoid"));
  return add_srs(file);
}

sund_code gpkg_create(gpkg_file *file) {
  TRY(gpkg_exec(file, "BEGIN"));
  for (size_t i = 0; i < sizeof core / sizeof *core; i++) TRY(gpkg_exec(file, core[i]));
  for (size_t i = 0; i < sizeof extensions / sizeof *extensions; i++)
    TRY(gpkg_run(file, "INSERT INTO gpkg_extensions VALUES (?, NULL, ?, ?, 'read-write')", "ttt", extensions[i][0],
                 extensions[i][1], extensions[i][2]));
  return add_reference_systems(file);
}

/* Titles are unique in a file: a second layer of the same title gets its table name behind it. */
static const char *identifier(gpkg_file *file, size_t layer) {
  const sund_layer *layers = file->spec->layer;
  const char *name = layers[layer].table->name;
  const char *title = style_in(layers[layer].title, file->spec->language, name);
  for (size_t i = 0; i < file->spec->layers; i++) {
    const char *other = style_in(layers[i].title, file->spec->language, layers[i].table->name);
    if (i != layer && strcmp(other, title) == 0) return sund_text(file->ctx, "%s (%s)", title, name);
  }
  return title;
}

/* Keeps the count GDAL believes right when rows are added or deleted later. */
static sund_code add_count(gpkg_file *file, const sund_table *table) {
  TRY(gpkg_run(file, "INSERT INTO gpkg_ogr_contents VALUES (?, ?)", "ti", table->name, (int64_t)table->rows));
  static const char *const part[][3] = {{"insert", "INSERT", "+"}, {"delete", "DELETE", "-"}};
  for (size_t i = 0; i < 2; i++) {
    char *sql = sund_text(file->ctx,
                          "CREATE TRIGGER \"trigger_%s_feature_count_%s\" AFTER %s ON \"%s\" BEGIN UPDATE "
                          "gpkg_ogr_contents SET feature_count = feature_count %s 1 WHERE lower(table_name) = "
                          "lower('%s'); END",
                          part[i][0], table->name, part[i][1], table->name, part[i][2], table->name);
    if (!sql) return SUND_LIMIT;
    TRY(gpkg_exec(file, sql));
  }
  return SUND_OK;
}

sund_code gpkg_register(gpkg_file *file, size_t layer, const gpkg_extent *extent) {
  const sund_layer *described = &file->spec->layer[layer];
  const sund_table *table = described->table;
  const char *title = identifier(file, layer);
  if (!title) return SUND_LIMIT;
  bool spatial = table->kind != SUND_NONE, known = extent->filled > 0;
  const double *box = extent->box;
  TRY(gpkg_run(file, "INSERT INTO gpkg_contents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)", "tttttrrrr", table->name,
               spatial ? "features" : "attributes", title, style_in(described->summary, file->spec->language, ""),
               file->spec->date, known ? box[0] : (double)NAN, known ? box[1] : (double)NAN,
               known ? box[2] : (double)NAN, known ? box[3] : (double)NAN));
  TRY(add_count(file, table));
  if (!spatial) return SUND_OK;
  TRY(gpkg_run(file, "UPDATE gpkg_contents SET srs_id = ? WHERE table_name = ?", "it", (int64_t)file->srs,
               table->name));
  return gpkg_run(file, "INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', ?, ?, 0, 0)", "tti", table->name,
                  extent->type, (int64_t)file->srs);
}

#define PUT                                                                                          \
  "INSERT OR REPLACE INTO \"%r\" VALUES (NEW.\"fid\", ST_MinX(NEW.\"geom\"), ST_MaxX(NEW.\"geom\")," \
  " ST_MinY(NEW.\"geom\"), ST_MaxY(NEW.\"geom\"));"
#define TAKE "DELETE FROM \"%r\" WHERE id = OLD.\"fid\";"
#define FILLED "(NEW.\"geom\" NOTNULL AND NOT ST_IsEmpty(NEW.\"geom\"))"
#define EMPTY "(NEW.\"geom\" ISNULL OR ST_IsEmpty(NEW.\"geom\"))"

/* The triggers of the R-tree extension as 1.3.1 has them; %r is the index, %t the table. */
static const char *const triggers[] = {
    "CREATE TRIGGER \"%r_insert\" AFTER INSERT ON \"%t\" WHEN " FILLED " BEGIN " PUT " END",
    "CREATE TRIGGER \"%r_update1\" AFTER UPDATE OF \"geom\" ON \"%t\" WHEN OLD.\"fid\" = NEW.\"fid\" AND " FILLED
    " BEGIN " PUT " END",
    "CREATE TRIGGER \"%r_update2\" AFTER UPDATE OF \"geom\" ON \"%t\" WHEN OLD.\"fid\" = NEW.\"fid\" AND " EMPTY
    " BEGIN " TAKE " END",
    "CREATE TRIGGER \"%r_update3\" AFTER UPDATE ON \"%t\" WHEN OLD.\"fid\" != NEW.\"fid\" AND " FILLED " BEGIN " TAKE
    " " PUT " END",
    "CREATE TRIGGER \"%r_update4\" AFTER UPDATE ON \"%t\" WHEN OLD.\"fid\" != NEW.\"fid\" AND " EMPTY
    " BEGIN DELETE FROM \"%r\" WHERE id IN (OLD.\"fid\", NEW.\"fid\"); END",
    "CREATE TRIGGER \"%r_delete\" AFTER DELETE ON \"%t\" WHEN OLD.\"geom\" NOT NULL BEGIN " TAKE " END",
};

/* Text of a trigger with names in place of %r and %t. */
static sund_code add_trigger(gpkg_file *file, const char *trigger, const char *index, const char *table) {
  textbuf sql = {0};
  while (*trigger) {
    size_t plain = strcspn(trigger, "%");
    const char *text = sund_text(file->ctx, "%.*s", (int)plain, trigger);
    if (!text) return SUND_LIMIT;
    TRY(textbuf_add(file->ctx, &sql, text, NULL));
    trigger += plain;
    if (!*trigger) break;
    TRY(textbuf_add(file->ctx, &sql, trigger[1] == 'r' ? index : table, NULL));
    trigger += 2;
  }
  return gpkg_exec(file, sql.text);
}

sund_code gpkg_index(gpkg_file *file, size_t layer, const gpkg_extent *extent) {
  const char *table = file->spec->layer[layer].table->name;
  const char *index = sund_text(file->ctx, "rtree_%s_geom", table);
  if (!index) return SUND_LIMIT;
  TRY(rtree_write(file->ctx, file->db, index, extent->filled, extent->fid, extent->boxes));
  for (size_t i = 0; i < sizeof triggers / sizeof *triggers; i++) TRY(add_trigger(file, triggers[i], index, table));
  return gpkg_run(file,
                  "INSERT INTO gpkg_extensions VALUES (?, 'geom', 'gpkg_rtree_index', "
                  "'http://www.geopackage.org/spec131/#extension_rtree', 'write-only')",
                  "t", table);
}
