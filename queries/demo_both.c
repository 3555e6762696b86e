/* demo_both.c - the demo's files that belong to both shores: the census grid in EPSG:3035, the ferry, and what could be
 * made: gates, paths, green areas and walls against the sea, and what they would cost. docs/demo.md says what each of
 * them must change. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "demo.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* --------------------------------------------------------------------------------------------------------- census */

/* A home in its 1 km cell. */
typedef struct counted {
  int64_t east, north;
  const demo_value *home;
  uint8_t side;
} counted;

/* By cell, and within a cell by the home's id, so that the order is total. */
static int by_cell(const void *a, const void *b) {
  const counted *p = a, *q = b;
  if (p->north != q->north) return p->north < q->north ? -1 : 1;
  if (p->east != q->east) return p->east < q->east ? -1 : 1;
  return strcmp(p->home[0].text, q->home[0].text);
}

static sund_code count_homes(sund_ctx *ctx, const demo_plan *plan, const demo_mover *to, counted *out) {
  for (int side = 0; side < DEMO_SIDES; side++) {
    const demo_sheet *sheet = &plan->sheet[side][DEMO_HOMES];
    double *x = sund_alloc(ctx, 2 * sheet->rows, sizeof *x);
    if (!x) return SUND_LIMIT;
    double *y = x + sheet->rows;
    memcpy(x, sheet->line.x, sheet->rows * sizeof *x);
    memcpy(y, sheet->line.y, sheet->rows * sizeof *y);
    TRY(demo_mover_move(ctx, to, sheet->rows, x, y));
    for (size_t r = 0; r < sheet->rows; r++)
      *out++ = (counted){(int64_t)floor(x[r] / 1000), (int64_t)floor(y[r] / 1000), sheet->value + r * sheet->fields,
                         (uint8_t)side};
  }
  return SUND_OK;
}

static sund_code fill_census(sund_ctx *ctx, size_t n, const counted *home, sund_table *table) {
  size_t row = SIZE_MAX;
  for (size_t i = 0; i < n; i++) {
    if (!i || home[i].east != home[i - 1].east || home[i].north != home[i - 1].north) {
      static const uint8_t corner[5][2] = {{0, 0}, {1, 0}, {1, 1}, {0, 1}, {0, 0}};
      row++;
      table->column[0].text[row] = sund_text(ctx, "CRS3035RES1000mN%lldE%lld", (long long)home[i].north * 1000,
                                             (long long)home[i].east * 1000);
      if (!table->column[0].text[row]) return SUND_LIMIT;
      table->column[1].text[row] = home[i].side == DEMO_DK ? "DK" : "SE";
      for (int k = 2; k < 6; k++) table->column[k].integer[row] = 0;
      for (size_t k = 0; k < 5; k++) {
        table->shapes->x[5 * row + k] = (double)(home[i].east + corner[k][0]) * 1000;
        table->shapes->y[5 * row + k] = (double)(home[i].north + corner[k][1]) * 1000;
      }
    }
    table->column[2].integer[row] += home[i].home[1].integer;
    for (int k = 3; k < 6; k++) table->column[k].integer[row] += home[i].home[k].integer;
  }
  return SUND_OK;
}

static sund_code write_census(sund_ctx *ctx, const demo_plan *plan, const char *folder) {
  static const sund_field field[] = {{.name = "GRD_ID", .type = SUND_TEXT},
                                     {.name = "CNTR_ID", .type = SUND_TEXT},
                                     {.name = "T", .type = SUND_INT, .unit = "persons"},
                                     {.name = "Y_LT18", .type = SUND_INT, .unit = "persons"},
                                     {.name = "Y_1864", .type = SUND_INT, .unit = "persons"},
                                     {.name = "Y_GE65", .type = SUND_INT, .unit = "persons"}};
  size_t n = plan->sheet[DEMO_DK][DEMO_HOMES].rows + plan->sheet[DEMO_SE][DEMO_HOMES].rows, cells = 0;
  counted *home = sund_alloc(ctx, n, sizeof *home);
  sund_table *table = NULL;
  demo_mover to;
  if (!home) return SUND_LIMIT;
  TRY(demo_mover_open(ctx, "EPSG:3035", &to));
  TRY(count_homes(ctx, plan, &to, home));
  qsort(home, n, sizeof *home, by_cell);
  for (size_t i = 0; i < n; i++)
    cells += !i || home[i].east != home[i - 1].east || home[i].north != home[i - 1].north;
  TRY(sund_table_new(ctx, "befolkning_1km", SUND_AREA, cells, field, COUNT(field), &table));
  TRY(sund_shapes_new(ctx, SUND_AREA, cells, cells, 5 * cells, &table->shapes));
  for (size_t i = 0; i <= cells; i++) table->shapes->first_part[i] = i, table->shapes->first_vertex[i] = 5 * i;
  TRY(fill_census(ctx, n, home, table));
  const sund_layer layer = {.table = table,
                            .title = {"Befolkning, 1 km", "Befolkning, 1 km", "Population, 1 km"},
                            .summary = {"", "", ""},
                            .indexed = true};
  const char *path = sund_text(ctx, "%s/both/befolkning_1km.gpkg", folder);
  if (!path) return SUND_LIMIT;
  return demo_package_write(ctx, path, to.crs, 1, &layer);
}

/* ---------------------------------------------------------------------------------------------------------- gates */

/* The ferry, from pier to pier; `from` and `to` are stops of the timetable. */
static sund_code write_gates(sund_ctx *ctx, const char *folder) {
  static const sund_field field[] = {{.name = "id", .type = SUND_TEXT},
                                     {.name = "navn", .type = SUND_TEXT},
                                     {.name = "minutes", .type = SUND_REAL, .unit = "min"},
                                     {.name = "headway_min", .type = SUND_REAL, .unit = "min"},
                                     {.name = "modes", .type = SUND_TEXT},
                                     {.name = "border_s", .type = SUND_REAL, .unit = "s"},
                                     {.name = "from", .type = SUND_TEXT},
                                     {.name = "to", .type = SUND_TEXT}};
  static const double ferry[2][5] = {{6410, 6900, 8800, 10850, 11200}, {8010, 8120, 7880, 7520, 7500}};
  sund_table *table = NULL;
  demo_mover to;
  TRY(demo_mover_open(ctx, "EPSG:25832", &to));
  TRY(sund_table_new(ctx, "overfart", SUND_LINE, 1, field, COUNT(field), &table));
  TRY(sund_shapes_new(ctx, SUND_LINE, 1, 1, 5, &table->shapes));
  table->shapes->first_part[1] = 1;
  table->shapes->first_vertex[1] = 5;
  memcpy(table->shapes->x, ferry[0], sizeof ferry[0]);
  memcpy(table->shapes->y, ferry[1], sizeof ferry[1]);
  TRY(demo_mover_move(ctx, &to, 5, table->shapes->x, table->shapes->y));
  table->column[0].text[0] = "faerge"; /* as the route of the timetable: closed together */
  table->column[1].text[0] = "Nordsund–Sundvik";
  table->column[2].real[0] = 20;
  table->column[3].real[0] = 20;
  table->column[4].text[0] = "walk,bike,car,transit";
  table->column[5].real[0] = 0;
  table->column[6].text[0] = "dk-02";
  table->column[7].text[0] = "se-02";
  const sund_layer layer = {
      .table = table, .title = {"Overfarter", "Överfarter", "Crossings"}, .summary = {"", "", ""}, .indexed = true};
  const char *path = sund_text(ctx, "%s/both/overfart.gpkg", folder);
  if (!path) return SUND_LIMIT;
  return demo_package_write(ctx, path, to.crs, 1, &layer);
}

/* ----------------------------------------------------------------------------------------------------- candidates */

/* What could be made: plan metres; a gate is one point, a path a line, a green area a ring. Costs in 1000 euro. */
static const struct {
  sund_kind kind;
  uint8_t n;
  int16_t at[12];
  double cost;
  const char *id, *name;
} candidates[] = {
    {SUND_POINT, 1, {13300, 7700}, 40, "port-1", "Grind, kyrkogården sydöst"},
    {SUND_POINT, 1, {13150, 7710}, 40, "port-2", "Grind, kyrkogården söder"},
    {SUND_POINT, 1, {4410, 8420}, 40, "port-3", "Låge, kirkegården nordvest"},
    {SUND_LINE,
     5,
     {2767, 4640, 2600, 4640, 2370, 4600, 2000, 4520, 1640, 4400},
     180,
     "sti-1",
     "Sti gennem Stilleskoven"},
    {SUND_LINE, 2, {11990, 7715, 11900, 7715}, 75, "sti-2", "Gångväg till Slottshagen"},
    {SUND_LINE, 2, {12658, 1998, 12740, 1990}, 60, "sti-3", "Gångväg mot Ekeby park"},
    {SUND_LINE, 2, {12740, 1990, 12800, 1990}, 90, "sti-4", "Spång in i Ekeby park"},
    {SUND_LINE, 3, {15940, 8000, 15300, 8300, 15500, 8850}, 120, "sti-5", "Slinga i Storskogen"},
    {SUND_AREA,
     5,
     {12170, 6320, 12190, 6320, 12190, 6380, 12170, 6380, 12170, 6320},
     300,
     "park-1",
     "Delade parken, mitten"},
    {SUND_AREA, 5, {12560, 6160, 12620, 6160, 12620, 6220, 12560, 6220, 12560, 6160}, 500, "park-2", "Fickparken"},
};

static sund_code candidate_table(sund_ctx *ctx, sund_kind kind, const char *name, const demo_mover *to,
                                 sund_table **out) {
  static const sund_field field[] = {{.name = "id", .type = SUND_TEXT},
                                     {.name = "name", .type = SUND_TEXT},
                                     {.name = "cost", .type = SUND_REAL, .unit = "1000 EUR"},
                                     {.name = "kind", .type = SUND_TEXT},
                                     {.name = "access", .type = SUND_TEXT}};
  demo_sheet sheet = {.fields = kind == SUND_AREA ? 5 : 3};
  for (size_t i = 0; i < COUNT(candidates); i++) {
    double x[6], y[6];
    if (candidates[i].kind != kind) continue;
    const demo_value value[] = {{.text = candidates[i].id},
                                {.text = candidates[i].name},
                                {.real = candidates[i].cost},
                                {.text = "park"},
                                {.text = "public"}};
    for (size_t k = 0; k < candidates[i].n; k++) x[k] = candidates[i].at[2 * k], y[k] = candidates[i].at[2 * k + 1];
    TRY(demo_row(ctx, &sheet, value));
    TRY(demo_part(ctx, &sheet, candidates[i].n, x, y));
  }
  return demo_table(ctx, name, kind, field, &sheet, to, out);
}

/* One GeoPackage, a layer a geometry. */
static sund_code write_candidates(sund_ctx *ctx, const char *folder) {
  static const struct {
    sund_kind kind;
    const char *name, *title[3];
    double size_mm;
  } each[3] = {{SUND_POINT, "indgange", {"Mulige indgange", "Möjliga entréer", "Possible gates"}, 3},
               {SUND_LINE, "stier", {"Mulige stier", "Möjliga stigar", "Possible paths"}, 0.8},
               {SUND_AREA, "arealer", {"Mulige grønne områder", "Möjliga grönområden", "Possible green areas"}, 0.4}};
  static const sund_class purple = {.low = NAN, .high = NAN, .colour = "#8e24aa"};
  sund_layer layer[COUNT(each)] = {0};
  sund_style style[COUNT(each)] = {0};
  demo_mover to;
  TRY(demo_mover_open(ctx, "EPSG:25832", &to));
  for (size_t i = 0; i < COUNT(each); i++) {
    sund_table *table = NULL;
    TRY(candidate_table(ctx, each[i].kind, each[i].name, &to, &table));
    style[i] = (sund_style){.classes = &purple, .count = 1, .size_mm = each[i].size_mm, .opacity = 0.6};
    layer[i] = (sund_layer){.table = table, .style = style + i, .indexed = true};
    for (int k = 0; k < 3; k++)
      layer[i].title[k] = each[i].title[k], layer[i].summary[k] = "sund demo: invented, nobody plans this";
  }
  const char *path = sund_text(ctx, "%s/both/forslag.gpkg", folder);
  if (!path) return SUND_LIMIT;
  return demo_package_write(ctx, path, to.crs, COUNT(each), layer);
}

/* ---------------------------------------------------------------------------------------------------------- walls */

/* Walls that could be raised: plan metres, along the dikes they are to mend and over both their ends. Crests stand in
 * their own side's height system, so each side has a layer. Costs in 1000 euro. */
static const struct {
  uint8_t side;
  double at[4], crest_m, cost;
  const char *id, *name;
} walls[] = {
    {DEMO_DK, {5850, 5780, 5850, 5860}, 2.60, 450, "mur-1", "Mur over slippen i Engdiget"},
    {DEMO_DK, {3550, 8780, 3650, 8770}, 2.60, 300, "mur-2", "Mur på Nordstrand"},
    {DEMO_SE, {11777, 5537, 11777, 5600}, 2.40, 600, "mur-3", "Mur över Råbäcks sluss"},
};

static sund_code wall_table(sund_ctx *ctx, int side, const demo_mover *to, sund_table **out) {
  static const sund_field field[] = {{.name = "id", .type = SUND_TEXT},
                                     {.name = "name", .type = SUND_TEXT},
                                     {.name = "crest_m", .type = SUND_REAL, .unit = "m"},
                                     {.name = "cost", .type = SUND_REAL, .unit = "1000 EUR"}};
  demo_sheet sheet = {.fields = COUNT(field)};
  for (size_t i = 0; i < COUNT(walls); i++) {
    if (walls[i].side != side) continue;
    const double x[2] = {walls[i].at[0], walls[i].at[2]}, y[2] = {walls[i].at[1], walls[i].at[3]};
    const demo_value value[] = {
        {.text = walls[i].id}, {.text = walls[i].name}, {.real = walls[i].crest_m}, {.real = walls[i].cost}};
    TRY(demo_row(ctx, &sheet, value));
    TRY(demo_part(ctx, &sheet, 2, x, y));
  }
  return demo_table(ctx, side == DEMO_DK ? "mure" : "murar", SUND_LINE, field, &sheet, to, out);
}

/* One GeoPackage, a layer a side. */
static sund_code write_walls(sund_ctx *ctx, const char *folder) {
  static const char *const title[DEMO_SIDES][3] = {
      {"Mulige mure, DVR90", "Möjliga murar, DVR90", "Possible walls, DVR90"},
      {"Mulige mure, RH2000", "Möjliga murar, RH2000", "Possible walls, RH2000"}};
  static const sund_class purple = {.low = NAN, .high = NAN, .colour = "#8e24aa"};
  static const sund_style style = {.classes = &purple, .count = 1, .size_mm = 1, .opacity = 0.8};
  sund_layer layer[DEMO_SIDES] = {0};
  demo_mover to;
  TRY(demo_mover_open(ctx, "EPSG:25832", &to));
  for (int side = 0; side < DEMO_SIDES; side++) {
    sund_table *table = NULL;
    TRY(wall_table(ctx, side, &to, &table));
    layer[side] = (sund_layer){.table = table, .style = &style, .indexed = true};
    for (int k = 0; k < 3; k++)
      layer[side].title[k] = title[side][k], layer[side].summary[k] = "sund demo: invented, nobody plans this";
  }
  const char *path = sund_text(ctx, "%s/both/hojvand.gpkg", folder);
  if (!path) return SUND_LIMIT;
  return demo_package_write(ctx, path, to.crs, DEMO_SIDES, layer);
}

sund_code demo_both_write(sund_ctx *ctx, const demo_plan *plan, const char *folder) {
  TRY(write_census(ctx, plan, folder));
  TRY(write_gates(ctx, folder));
  TRY(write_candidates(ctx, folder));
  return write_walls(ctx, folder);
}
