/* demo_files.c - the demo's layers as files, each side in its own system and with its own names: GeoPackages by
 * subject, terrain as GeoTIFF. Coordinates are rounded to a millimetre and heights to a centimetre, so that the last
 * bits of a machine's arithmetic do not show. Files of both shores: demo_both.c. */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "demo.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* The day the demo's data speak of. */
static const char date[] = "2025-01-01T00:00:00.000Z";

static const char *const crs_of[DEMO_SIDES] = {"EPSG:25832", "EPSG:3006"};
static const char *const heights_of[DEMO_SIDES] = {"EPSG:5799", "EPSG:5613"};
static const char *const folder_of[DEMO_SIDES] = {"dk", "se"};

enum { MOST_COLUMNS = 7 }; /* of a layer */

typedef struct column {
  const char *name[DEMO_SIDES];
  sund_type type;
  const char *unit;
} column;

/* In the order of enum demo_layer; columns in the order of the sheets' values. */
static const struct {
  const char *name[DEMO_SIDES], *title[3], *colour;
  sund_kind kind;
  double size_mm;
  size_t columns;
  column column[MOST_COLUMNS];
} layers[DEMO_LAYERS] = {
    {{"kommuner", "kommuner"},
     {"Kommuner", "Kommuner", "Municipalities"},
     "#c8b7a6",
     SUND_AREA,
     0.4,
     2,
     {{{"kommunekode", "kommunkod"}, SUND_TEXT, NULL}, {{"navn", "kommunnamn"}, SUND_TEXT, NULL}}},
    {{"land", "land"},
     {"Land", "Land", "Land"},
     "#efe9dc",
     SUND_AREA,
     0.2,
     1,
     {{{"objekttype", "objekttyp"}, SUND_TEXT, NULL}}},
    {{"naturomraader", "gronomraden"},
     {"Natur og grønne områder", "Natur och grönområden", "Nature and green areas"},
     "#8fbf7f",
     SUND_AREA,
     0.2,
     4,
     {{{"id", "objektid"}, SUND_TEXT, NULL},
      {{"naturtype", "marktyp"}, SUND_TEXT, NULL},
      {{"offentlig_adgang", "tilltrade"}, SUND_TEXT, NULL},
      {{"navn", "namn"}, SUND_TEXT, NULL}}},
    {{"fredninger", "naturreservat"},
     {"Fredninger", "Naturreservat", "Protected nature"},
     "#3f7f5f",
     SUND_AREA,
     0.3,
     4,
     {{{"id", "objektid"}, SUND_TEXT, NULL},
      {{"naturtype", "marktyp"}, SUND_TEXT, NULL},
      {{"offentlig_adgang", "tilltrade"}, SUND_TEXT, NULL},
      {{"navn", "namn"}, SUND_TEXT, NULL}}},
    {{"indgange", "entreer"},
     {"Indgange", "Entréer", "Gates"},
     "#205030",
     SUND_POINT,
     1.6,
     1,
     {{{"id", "objektid"}, SUND_TEXT, NULL}}},
    {{"adresser", "byggnader"},
     {"Boliger", "Bostäder", "Homes"},
     "#b04a3a",
     SUND_POINT,
     0.8,
     7,
     {{{"adgangsadresse_id", "byggnad_id"}, SUND_TEXT, NULL},
      {{"personer", "bef_tot"}, SUND_INT, "persons"},
      {{"boliger", "bostader"}, SUND_INT, "dwellings"},
      {{"alder_0_17", "ald_0_17"}, SUND_INT, "persons"},
      {{"alder_18_64", "ald_18_64"}, SUND_INT, "persons"},
      {{"alder_65_plus", "ald_65_plus"}, SUND_INT, "persons"},
      {{"indkomst", "inkomst"}, SUND_REAL, "1000 EUR"}}},
    {{"virksomheder", "arbetsstallen"},
     {"Arbejdspladser", "Arbetsställen", "Workplaces"},
     "#5a4fa0",
     SUND_POINT,
     1.2,
     2,
     {{{"p_enhed", "arbetsstalle_id"}, SUND_TEXT, NULL}, {{"arbejdspladser", "arbetstillfallen"}, SUND_INT, "jobs"}}},
    {{"steder", "platser"},
     {"Steder", "Platser", "Places"},
     "#101010",
     SUND_POINT,
     2.4,
     2,
     {{{"stednavn_id", "platsid"}, SUND_TEXT, NULL}, {{"navn", "namn"}, SUND_TEXT, NULL}}},
    {{"vejmidte", "vagnat"},
     {"Veje og stier", "Vägar och stigar", "Streets and paths"},
     "#808080",
     SUND_LINE,
     0.26,
     4,
     {{{"vejklasse", "vagtyp"}, SUND_TEXT, NULL},
      {{"niveau", "niva"}, SUND_INT, NULL},
      {{"hastighed", "hastighet"}, SUND_REAL, "km/h"},
      {{"ensrettet", "enkelriktad"}, SUND_TEXT, NULL}}},
    {{"diger", "vallar"},
     {"Diger", "Vallar", "Dikes"},
     "#7a4a20",
     SUND_LINE,
     0.8,
     2,
     {{{"navn", "namn"}, SUND_TEXT, NULL}, {{"kote_m", "kronhojd_m"}, SUND_REAL, "m"}}},
    {{"aabninger", "oppningar"},
     {"Åbninger", "Öppningar", "Openings"},
     "#2060c0",
     SUND_LINE,
     1.0,
     3,
     {{{"navn", "namn"}, SUND_TEXT, NULL},
      {{"bundkote_m", "bundkote_m"}, SUND_REAL, "m"},
      {{"bredde_m", "bredde_m"}, SUND_REAL, "m"}}},
};

/* One GeoPackage a subject. */
static const struct {
  const char *file[DEMO_SIDES];
  size_t layers;
  uint8_t layer[3];
} packages[] = {{{"kommuner", "kommuner"}, 1, {DEMO_AREAS}},
                {{"kyst", "strandlinje"}, 3, {DEMO_LAND, DEMO_BARRIERS, DEMO_OPENINGS}},
                {{"natur", "natur"}, 3, {DEMO_GREEN, DEMO_PROTECTED, DEMO_ENTRANCES}},
                {{"befolkning", "befolkning"}, 3, {DEMO_HOMES, DEMO_JOBS, DEMO_PLACES}},
                {{"veje", "vagar"}, 1, {DEMO_PATHS}}};

sund_code demo_mover_open(sund_ctx *ctx, const char *code, demo_mover *out) {
  const double box[4] = {DEMO_EAST, DEMO_NORTH + DEMO_SOUTH, DEMO_EAST + DEMO_WIDTH, DEMO_NORTH + DEMO_HEIGHT};
  sund_crs *plan = NULL, *crs = NULL;
  sund_op *there = NULL, *back = NULL;
  TRY(sund_crs_open(ctx, "EPSG:25832", &plan));
  TRY(sund_crs_open(ctx, code, &crs));
  TRY(sund_op_open(ctx, plan, crs, box, &there));
  TRY(sund_op_open(ctx, crs, plan, NULL, &back));
  *out = (demo_mover){crs, there, back};
  return SUND_OK;
}

sund_code demo_mover_move(sund_ctx *ctx, const demo_mover *to, size_t n, double *x, double *y) {
  for (size_t i = 0; i < n; i++) x[i] += DEMO_EAST, y[i] += DEMO_NORTH;
  TRY(sund_op_apply(ctx, to->out, n, x, y, NULL));
  for (size_t i = 0; i < n; i++) x[i] = rint(x[i] * 1000) / 1000, y[i] = rint(y[i] * 1000) / 1000;
  return SUND_OK;
}

sund_code demo_move(sund_ctx *ctx, const char *code, size_t n, double *x, double *y) {
  demo_mover to;
  TRY(demo_mover_open(ctx, code, &to));
  for (size_t i = 0; i < n; i++) x[i] += DEMO_EAST, y[i] += DEMO_NORTH;
  return sund_op_apply(ctx, to.out, n, x, y, NULL);
}

/* ---------------------------------------------------------------------------------------------------- GeoPackages */

static void fill_column(sund_column *to, const demo_sheet *sheet, size_t field) {
  for (size_t r = 0; r < sheet->rows; r++) {
    const demo_value *value = sheet->value + r * sheet->fields + field;
    if (to->field.type == SUND_REAL) to->real[r] = value->real;
    if (to->field.type == SUND_INT) to->integer[r] = value->integer;
    if (to->field.type == SUND_TEXT) to->text[r] = value->text;
  }
}

sund_code demo_table(sund_ctx *ctx, const char *name, sund_kind kind, const sund_field *field,
                     const demo_sheet *sheet, const demo_mover *to, sund_table **out) {
  sund_table *table = NULL;
  TRY(sund_table_new(ctx, name, kind, sheet->rows, field, sheet->fields, &table));
  for (size_t i = 0; i < sheet->fields; i++) fill_column(&table->column[i], sheet, i);
  if (kind == SUND_POINT) {
    memcpy(table->x, sheet->line.x, sheet->rows * sizeof *table->x);
    memcpy(table->y, sheet->line.y, sheet->rows * sizeof *table->y);
    TRY(demo_mover_move(ctx, to, sheet->rows, table->x, table->y));
  } else {
    TRY(demo_shapes(ctx, sheet, kind, &table->shapes));
    TRY(demo_mover_move(ctx, to, table->shapes->vertices, table->shapes->x, table->shapes->y));
  }
  *out = table;
  return SUND_OK;
}

static sund_code layer_table(sund_ctx *ctx, const demo_plan *plan, int side, int layer, const demo_mover *to,
                             sund_table **out) {
  sund_field field[MOST_COLUMNS] = {0};
  assert(layers[layer].columns == plan->sheet[side][layer].fields);
  for (size_t i = 0; i < layers[layer].columns; i++) {
    field[i].name = layers[layer].column[i].name[side];
    field[i].type = layers[layer].column[i].type;
    field[i].unit = layers[layer].column[i].unit;
  }
  return demo_table(ctx, layers[layer].name[side], layers[layer].kind, field, &plan->sheet[side][layer], to, out);
}

sund_code demo_package_write(sund_ctx *ctx, const char *path, const sund_crs *crs, size_t count,
                             const sund_layer *layer) {
  const sund_gpkg_spec spec = {
      .path = path, .crs = crs, .language = SUND_EN, .date = date, .record = "{}", .layers = count, .layer = layer};
  return sund_gpkg_write(ctx, &spec);
}

static sund_code write_side(sund_ctx *ctx, const demo_plan *plan, int side, const demo_mover *to,
                            const char *folder) {
  for (size_t p = 0; p < COUNT(packages); p++) {
    sund_layer layer[3] = {0};
    sund_class class[3] = {0};
    sund_style style[3] = {0};
    for (size_t i = 0; i < packages[p].layers; i++) {
      int which = packages[p].layer[i];
      sund_table *table = NULL;
      TRY(layer_table(ctx, plan, side, which, to, &table));
      class[i] = (sund_class){.low = NAN, .high = NAN, .colour = layers[which].colour};
      style[i] = (sund_style){.classes = class + i, .count = 1, .size_mm = layers[which].size_mm, .opacity = 0.8};
      layer[i] = (sund_layer){.table = table, .style = style + i, .indexed = true};
      for (int k = 0; k < 3; k++) layer[i].title[k] = layers[which].title[k];
      for (int k = 0; k < 3; k++) layer[i].summary[k] = "sund demo: invented, no real place or person";
    }
    const char *path = sund_text(ctx, "%s/%s/%s.gpkg", folder, folder_of[side], packages[p].file[side]);
    if (!path) return SUND_LIMIT;
    TRY(demo_package_write(ctx, path, to->crs, packages[p].layers, layer));
  }
  return SUND_OK;
}

/* -------------------------------------------------------------------------------------------------------- terrain */

/* The plan's box west, south, east, north that each terrain covers. */
static const double terrain_of[DEMO_SIDES][4] = {{900, 400, 7400, 9700}, {10000, 400, 16900, 10700}};

/* Heights of one row of cells. In the west the sea lies flat in the terrain, in the east it is unknown beyond 60 m. */
static sund_code height_row(sund_ctx *ctx, const demo_plan *plan, int side, const demo_mover *to,
                            const sund_grid *grid, size_t row, double *x, double *y) {
  const double *box = terrain_of[side];
  for (size_t c = 0; c < grid->columns; c++) {
    x[c] = grid->x0 + ((double)c + 0.5) * grid->dx;
    y[c] = grid->y0 - ((double)row + 0.5) * grid->dy;
  }
  TRY(sund_op_apply(ctx, to->back, grid->columns, x, y, NULL));
  for (size_t c = 0; c < grid->columns; c++) {
    double px = x[c] - DEMO_EAST, py = y[c] - DEMO_NORTH;
    bool known = px > box[0] && px < box[2] && py > box[1] && py < box[3];
    if (side == DEMO_SE && known && demo_sample(plan, plan->shore, px, py) < -60) known = false;
    grid->value[row * grid->columns + c] = known ? (float)(rint(demo_height(plan, px, py) * 100) / 100) : NAN;
  }
  return SUND_OK;
}

static sund_code write_terrain(sund_ctx *ctx, const demo_plan *plan, int side, const demo_mover *to,
                               const char *folder) {
  const double *box = terrain_of[side];
  double x[4] = {box[0], box[2], box[2], box[0]}, y[4] = {box[1], box[1], box[3], box[3]};
  TRY(demo_mover_move(ctx, to, 4, x, y));
  double west = fmin(x[0], x[3]), east = fmax(x[1], x[2]), south = fmin(y[0], y[1]), north = fmax(y[2], y[3]);
  west = floor(west / DEMO_CELL) * DEMO_CELL, north = ceil(north / DEMO_CELL) * DEMO_CELL;
  size_t columns = (size_t)ceil((east - west) / DEMO_CELL), rows = (size_t)ceil((north - south) / DEMO_CELL);
  sund_grid *grid = NULL;
  TRY(sund_grid_new(ctx, columns, rows, west, north, DEMO_CELL, DEMO_CELL, &grid));
  double *line = sund_alloc(ctx, 2 * columns, sizeof *line);
  if (!line) return SUND_LIMIT;
  for (size_t r = 0; r < rows; r++) TRY(height_row(ctx, plan, side, to, grid, r, line, line + columns));
  const char *path = sund_text(ctx, "%s/%s/%s.tif", folder, folder_of[side], side == DEMO_DK ? "dtm" : "markhojd");
  if (!path) return SUND_LIMIT;
  return sund_raster_write(ctx, path, grid, crs_of[side], heights_of[side]);
}

sund_code demo_files_write(sund_ctx *ctx, const demo_plan *plan, const char *folder) {
  for (int side = 0; side < DEMO_SIDES; side++) {
    demo_mover to;
    TRY(demo_mover_open(ctx, crs_of[side], &to));
    TRY(write_side(ctx, plan, side, &to, folder));
    TRY(write_terrain(ctx, plan, side, &to, folder));
  }
  return SUND_OK;
}
