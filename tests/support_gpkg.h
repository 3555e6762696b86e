/* support_gpkg.h - what the tests of the GeoPackage writer share: a folder that goes away, a small result with every
 * kind of layer, SQL answers. */
#ifndef SUND_TESTS_SUPPORT_GPKG_H
#define SUND_TESTS_SUPPORT_GPKG_H

#include <dirent.h>
#include <math.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sund/layers.h"
#include "support.h"

/* A new folder under the temporary one; the text lives in ctx. */
static inline char *folder_new(sund_ctx *ctx) {
  const char *above = getenv("TMPDIR");
  char *folder = sund_text(ctx, "%s/sund-test-XXXXXX", above ? above : "/tmp");
  assert_non_null(folder);
  assert_non_null(mkdtemp(folder));
  return folder;
}

/* Files in it, hidden ones too; `names` gets them joined by blanks when it is not NULL. */
static inline size_t folder_count(const char *folder, char *names, size_t room) {
  DIR *open = opendir(folder);
  assert_non_null(open);
  size_t count = 0, used = 0;
  for (const struct dirent *entry; (entry = readdir(open));) {
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
    count++;
    if (names) used += (size_t)snprintf(names + used, room - used, "%s ", entry->d_name);
  }
  closedir(open);
  return count;
}

static inline void folder_free(const char *folder) {
  DIR *open = opendir(folder);
  if (!open) return;
  for (const struct dirent *entry; (entry = readdir(open));) {
    char path[2048];
    snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
    if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 && unlink(path) != 0) rmdir(path);
  }
  closedir(open);
  rmdir(folder);
}

static inline char *file_read(sund_ctx *ctx, const char *path, size_t *length) {
  FILE *file = fopen(path, "rb");
  assert_non_null(file);
  fseek(file, 0, SEEK_END);
  *length = (size_t)ftell(file);
  rewind(file);
  char *bytes = sund_alloc(ctx, *length + 1, 1);
  assert_int_equal(fread(bytes, 1, *length, file), *length);
  fclose(file);
  return bytes;
}

static inline void file_write(const char *path, const char *text) {
  FILE *file = fopen(path, "wb");
  assert_non_null(file);
  assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
  assert_int_equal(fclose(file), 0);
}

/* First column of the first row as text; "NULL" for NULL, "none" for no row. */
static inline const char *sql_word(sund_ctx *ctx, const char *path, const char *sql) {
  sqlite3 *db = NULL;
  sqlite3_stmt *statement = NULL;
  assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
  if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK) fail_msg("%s: %s", sql, sqlite3_errmsg(db));
  int rc = sqlite3_step(statement);
  const char *text = rc == SQLITE_ROW ? (const char *)sqlite3_column_text(statement, 0) : NULL;
  char *word = sund_text_copy(ctx, rc != SQLITE_ROW ? "none" : text ? text : "NULL");
  sqlite3_finalize(statement);
  sqlite3_close(db);
  return word;
}

static inline void sql_run(const char *path, const char *sql) {
  sqlite3 *db = NULL;
  assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
  char *why = NULL;
  if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK) fail_msg("%s: %s", sql, why);
  sqlite3_close(db);
}

/* The failure of a context is this one. */
static inline void assert_failure(const sund_ctx *ctx, sund_code code, const char *part, const char *source) {
  const char *why = "", *where = NULL;
  assert_int_equal(sund_failure(ctx, &why, &where, NULL), code);
  if (!strstr(why, part)) fail_msg("message '%s' lacks '%s'", why, part);
  if (source) assert_string_equal(where, source);
}

/* ------------------------------------------------------------------------------------- a small result */

static const sund_choice sample_kinds[] = {
    {"forest", {"Skov", "Skog", "Forest"}}, {"beach", {"Strand", "Strand", "Beach"}}, {NULL, {NULL, NULL, NULL}}};
static const sund_field sample_home_fields[] = {
    {"home_id", SUND_TEXT, NULL, {"Bolig", "Bostad", "Home"}, NULL},
    {"330_300_dist_m", SUND_REAL, "m", {"Afstand", "Avstånd", "Distance"}, NULL},
    {"who_met", SUND_INT, NULL, {"Opfyldt", "Uppfyllt", "Met"}, NULL},
    {"kind", SUND_TEXT, NULL, {"Art", "Art", "Kind"}, sample_kinds}};
static const sund_field sample_line_fields[] = {{"length_m", SUND_REAL, "m", {"Længde", "Längd", "Length"}, NULL}};
static const sund_field sample_area_fields[] = {{"area_ha", SUND_REAL, "ha", {"Areal", "Areal", "Area"}, NULL},
                                                {"name", SUND_TEXT, NULL, {"Navn", "Namn", "Name"}, NULL}};
static const sund_field sample_run_fields[] = {{"key", SUND_TEXT, NULL, {"Nøgle", "Nyckel", "Key"}, NULL},
                                               {"value", SUND_TEXT, NULL, {"Værdi", "Värde", "Value"}, NULL}};

static const sund_class sample_ranges[] = {
    {.low = 0, .high = 300, .colour = "#1b7837", .label = {"indtil 300 m", "till 300 m", "up to 300 m"}},
    {.low = 300, .high = INFINITY, .colour = "#762a83", .label = {"over 300 m", "över 300 m", "above 300 m"}}};
static const sund_style sample_home_style = {.column = "330_300_dist_m",
                                             .graduated = true,
                                             .classes = sample_ranges,
                                             .count = 2,
                                             .size_mm = 1.8,
                                             .opacity = 1};
static const sund_class sample_single[] = {{.colour = "#2166ac", .label = {"Kyst", "Kust", "Coast"}}};
static const sund_style sample_line_style = {.classes = sample_single, .count = 1, .size_mm = 0.7, .opacity = 1};
static const sund_class sample_names[] = {
    {.value = "A & <B>", .colour = "#66bd63", .label = {"A & <B>", "A & <B>", "A & <B>"}},
    {.colour = "#bababa", .label = {"andre", "andra", "others"}}};
static const sund_style sample_area_style = {
    .column = "name", .classes = sample_names, .count = 2, .opacity = 0.5, .label_column = "name"};

typedef struct sample {
  sund_table *homes, *lines, *areas, *run;
  sund_layer layer[4];
  sund_gpkg_spec spec;
} sample;

static inline void sample_shapes(sund_ctx *ctx, sund_table *table, size_t parts, const size_t *first_part,
                                 const size_t *counts, const uint8_t *hole, const double (*xy)[2]) {
  size_t vertices = 0;
  for (size_t i = 0; i < parts; i++) vertices += counts[i];
  assert_ok(ctx, sund_shapes_new(ctx, table->kind, table->rows, parts, vertices, &table->shapes));
  memcpy(table->shapes->first_part, first_part, (table->rows + 1) * sizeof *first_part);
  for (size_t i = 0; i < parts; i++) {
    table->shapes->first_vertex[i + 1] = table->shapes->first_vertex[i] + counts[i];
    if (hole) table->shapes->hole[i] = hole[i];
  }
  for (size_t v = 0; v < vertices; v++) {
    table->shapes->x[v] = 700000 + xy[v][0];
    table->shapes->y[v] = 6200000 + xy[v][1];
  }
}

static inline void sample_tables(sund_ctx *ctx, sample *s, size_t homes) {
  assert_ok(ctx, sund_table_new(ctx, "access_homes", SUND_POINT, homes, sample_home_fields, 4, &s->homes));
  uint64_t state = 42;
  for (size_t i = 0; i < homes; i++) {
    s->homes->x[i] = 700000 + support_uniform(&state, 0, 5000);
    s->homes->y[i] = 6200000 + support_uniform(&state, 0, 5000);
    s->homes->column[0].text[i] = sund_text(ctx, "h%zu \"æøå\" & <x>", i);
    if (i % 3) s->homes->column[1].real[i] = support_uniform(&state, 0, 900);
    if (i % 2) s->homes->column[2].integer[i] = (int64_t)(i % 4 == 1);
    if (i % 5) s->homes->column[3].text[i] = i % 2 ? "forest" : "beach";
  }
  if (homes > 2) s->homes->x[2] = s->homes->y[2] = NAN;
  assert_ok(ctx, sund_table_new(ctx, "coast_lines", SUND_LINE, 3, sample_line_fields, 1, &s->lines));
  static const double line_xy[][2] = {{0, 0}, {10, 10}, {20, 0}, {21, 0}, {30, 5}};
  sample_shapes(ctx, s->lines, 2, (const size_t[]){0, 1, 2, 2}, (const size_t[]){3, 2}, NULL, line_xy);
  s->lines->column[0].real[0] = 28.284;
  assert_ok(ctx, sund_table_new(ctx, "green_areas", SUND_AREA, 2, sample_area_fields, 2, &s->areas));
  static const double area_xy[][2] = {{0, 0},     {100, 0},   {100, 100}, {0, 100},   {0, 0},      /* ring */
                                      {40, 40},   {40, 60},   {60, 60},   {60, 40},   {40, 40},    /* hole */
                                      {200, 0},   {300, 0},   {300, 50},  {200, 0},                /* ring */
                                      {500, 500}, {600, 500}, {600, 600}, {500, 600}, {500, 500}}; /* ring */
  sample_shapes(ctx, s->areas, 4, (const size_t[]){0, 3, 4}, (const size_t[]){5, 5, 4, 5},
                (const uint8_t[]){0, 1, 0, 0}, area_xy);
  s->areas->column[0].real[0] = 1.21;
  s->areas->column[1].text[0] = "A & <B>";
  s->areas->column[1].text[1] = "Öster \"Ål\"";
  assert_ok(ctx, sund_table_new(ctx, "run", SUND_NONE, 1, sample_run_fields, 2, &s->run));
  s->run->column[0].text[0] = "version";
  s->run->column[1].text[0] = SUND_VERSION;
}

/* The result: `homes` points, three lines (one empty), two areas (hole, two outer rings), one plain table. */
static inline sample *sample_new(sund_ctx *ctx, const char *path, size_t homes) {
  sample *s = sund_alloc(ctx, 1, sizeof *s);
  assert_non_null(s);
  sample_tables(ctx, s, homes);
  s->layer[0] = (sund_layer){.table = s->homes,
                             .title = {"Boliger", "Bostäder", "Homes"},
                             .summary = {"Én række per bolig", "En rad per bostad", "One row per home"},
                             .style = &sample_home_style,
                             .indexed = true,
                             .history = "sund run demo.yaml\nlicence: CC0 <test> & more\nread homes.gpkg"};
  s->layer[1] = (sund_layer){.table = s->lines,
                             .title = {"Kyst", "Kust", "Coast"},
                             .style = &sample_line_style,
                             .indexed = true,
                             .multi = false};
  s->layer[2] = (sund_layer){.table = s->areas,
                             .title = {"Grønt", "Grönt", "Green"},
                             .style = &sample_area_style,
                             .indexed = true,
                             .multi = true};
  s->layer[3] = (sund_layer){.table = s->run, .title = {"Kørsel", "Körning", "Run"}};
  sund_crs *crs = NULL;
  assert_ok(ctx, sund_crs_open(ctx, "EPSG:25832", &crs));
  s->spec = (sund_gpkg_spec){.path = path,
                             .crs = crs,
                             .date = "2024-01-31T00:00:00.000Z",
                             .record = "{\"program\": \"sund\"}",
                             .layers = 4,
                             .layer = s->layer};
  return s;
}

#endif
