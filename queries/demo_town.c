/* demo_town.c - who lives and works in the demo: homes along the streets of the districts, scattered farms, jobs, and
 * the places whose catchments are asked for. Homes keep clear of every street, of the water and of green areas. */
#include <math.h>

#include "demo.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* Along a street: metres between homes on one side, metres from the middle of the street, most dwellings at a door,
 * share of the doors that are homes; metres between workplaces, most jobs there, where less is usual; income of a
 * person in 1000 euro a year. */
static const struct {
  double step, offset;
  int dwellings;
  double homes, work_step;
  int jobs;
  double income;
} customs[] = {[DEMO_OLD] = {30, 12, 6, 0.75, 60, 50, 38}, [DEMO_VILLA] = {38, 15, 1, 0.85, 600, 6, 52},
               [DEMO_ROW] = {25, 13, 1, 0.80, 520, 8, 40}, [DEMO_BLOCK] = {64, 20, 11, 0.78, 240, 55, 29},
               [DEMO_WORK] = {90, 25, 1, 0, 75, 120, 30},  [DEMO_VILLAGE] = {34, 16, 1, 0.80, 380, 8, 36}};

/* Homes set by hand, in metres: the island, the outer mole, beyond the reach of any street, at the border, by the
 * footways that lead nowhere, in the inner basin, before the forest without a path. */
static const struct {
  uint8_t side;
  double x, y;
  uint8_t persons;
  const char *id;
} planted[] = {
    {DEMO_DK, 6530, 1820, 2, "oe-1"},      {DEMO_DK, 6600, 1890, 3, "oe-2"},
    {DEMO_DK, 6700, 1930, 1, "oe-3"},      {DEMO_DK, 6820, 1960, 4, "oe-4"},
    {DEMO_DK, 6930, 1920, 2, "oe-5"},      {DEMO_DK, 7000, 1760, 2, "oe-6"},
    {DEMO_DK, 6410, 8015, 2, "mole-1"},    {DEMO_DK, 2050, 3000, 3, "afsides-1"},
    {DEMO_DK, 2480, 7060, 2, "skovfoged"}, {DEMO_DK, 1500, 4610, 2, "blindsti-1"},
    {DEMO_DK, 1460, 3400, 3, "graense-1"}, {DEMO_SE, 15960, 4280, 2, "avsides-1"},
    {DEMO_SE, 14300, 650, 3, "grans-1"},   {DEMO_SE, 13500, 6000, 2, "avsides-2"},
    {DEMO_SE, 11980, 4500, 4, "uddens-1"}, {DEMO_DK, 2560, 4680, 4, "stille-1"},
    {DEMO_DK, 2480, 4590, 3, "stille-2"},
};

/* Workplaces set by hand, in metres. */
static const struct {
  uint8_t side;
  double x, y;
  int jobs;
} works[] = {{DEMO_DK, 6150, 8120, 140},  {DEMO_DK, 6240, 7820, 95},   {DEMO_DK, 4480, 7000, 680},
             {DEMO_DK, 5080, 2300, 120},  {DEMO_DK, 6380, 8010, 60},   {DEMO_SE, 11260, 7600, 180},
             {DEMO_SE, 12650, 7250, 940}, {DEMO_SE, 11300, 7150, 150}, {DEMO_SE, 12350, 1900, 160},
             {DEMO_SE, 13900, 6350, 420}};

static const struct {
  uint8_t side;
  double x, y;
  const char *id, *name;
} places[] = {
    {DEMO_DK, 6130, 8050, "dk-01", "Nordsund Station"},   {DEMO_DK, 4480, 7010, "dk-02", "Nordsund Hospital"},
    {DEMO_DK, 5220, 2520, "dk-03", "Egholm Torv"},        {DEMO_DK, 2330, 5830, "dk-04", "Skovby"},
    {DEMO_DK, 5700, 5600, "dk-05", "Engkvarteret"},       {DEMO_SE, 11540, 7480, "se-01", "Sundvik C"},
    {DEMO_SE, 12650, 7260, "se-02", "Sundviks lasarett"}, {DEMO_SE, 12400, 1950, "se-03", "Ekeby torg"},
    {DEMO_SE, 14160, 9600, "se-04", "H\303\266ganryd"},   {DEMO_SE, 12000, 5500, "se-05", "R\303\245b\303\244ck"}};

/* Inhabitants of a door, by age: a household starts with an adult or a senior. */
static sund_code add_home(sund_ctx *ctx, demo_plan *plan, int side, const double at[2], const char *id, int persons,
                          int dwellings) {
  demo_sheet *sheet = &plan->sheet[side][DEMO_HOMES];
  uint32_t seed = 5000 + (uint32_t)side, row = (uint32_t)sheet->rows;
  int64_t age[3] = {0};
  if (!id) id = sund_text(ctx, "%s-%05zu", side == DEMO_DK ? "adr" : "byg", sheet->rows + 1);
  if (!id) return SUND_LIMIT;
  for (int i = 0; i < persons; i++) {
    double chance = demo_chance(seed, row, (uint32_t)i + 10);
    age[i < dwellings ? (chance < 0.74 ? 1 : 2) : chance < 0.42 ? 0 : chance < 0.86 ? 1 : 2]++;
  }
  uint8_t district = plan->district[demo_cell(plan, at[0], at[1])];
  double income = customs[district ? demo_district_kind(district) : DEMO_VILLAGE].income;
  income = rint(income * (6 + 8 * demo_chance(seed, row, 9))) / 10; /* 0.6 to 1.4 of what is usual there */
  const demo_value value[] = {{.text = id},        {.integer = persons}, {.integer = dwellings}, {.integer = age[0]},
                              {.integer = age[1]}, {.integer = age[2]},  {.real = income}};
  plan->cover[demo_cell(plan, at[0], at[1])] |= DEMO_IS_HOME;
  return demo_point(ctx, sheet, value, at[0], at[1]);
}

static int persons_in(uint32_t seed, int dwellings) {
  int persons = 0;
  for (int i = 0; i < dwellings; i++) {
    double chance = demo_chance(seed, 31, (uint32_t)i);
    persons += chance < 0.34 ? 1 : chance < 0.66 ? 2 : chance < 0.82 ? 3 : chance < 0.95 ? 4 : 5;
  }
  return persons;
}

static bool buildable(const demo_plan *plan, double x, double y) {
  size_t cell = demo_cell(plan, x, y);
  for (int k = 0; k < 9; k++) /* the masks are as coarse as their cells */
    if (plan->cover[demo_cell(plan, x + 9 * (k % 3 - 1), y + 9 * (k / 3 - 1))] & (DEMO_IS_GREEN | DEMO_IS_WATER))
      return false;
  return demo_sample(plan, plan->shore, x, y) > 28 && plan->commune[cell] && !(plan->cover[cell] & DEMO_IS_HOME);
}

/* One side of one street segment: walks along it and builds. `rest` is what the last segment left of a step. */
static sund_code build_side(sund_ctx *ctx, demo_plan *plan, int side, const sund_segments *streets,
                            const double at[4], double left, uint32_t seed, double *rest) {
  double length = hypot(at[2] - at[0], at[3] - at[1]), ux = (at[2] - at[0]) / length, uy = (at[3] - at[1]) / length;
  double here = *rest, x, y, metres;
  for (uint32_t n = 0; here < length; n++) {
    uint32_t mix = demo_hash(seed, n, 77);
    uint8_t district = plan->district[demo_cell(plan, at[0] + here * ux, at[1] + here * uy)];
    int kind = district ? demo_district_kind(district) : DEMO_VILLAGE;
    double offset = left * customs[kind].offset * (1 + 0.25 * demo_chance(mix, 1, 0));
    double spot[2] = {at[0] + here * ux - offset * uy, at[1] + here * uy + offset * ux};
    here += customs[kind].step * (0.85 + 0.45 * demo_chance(mix, 2, 0));
    if (!district || demo_chance(mix, 3, 0) > customs[kind].homes || !buildable(plan, spot[0], spot[1])) continue;
    if (sund_segments_nearest(streets, spot[0], spot[1], customs[kind].offset * 0.8, NULL, false, &x, &y, &metres) !=
        SIZE_MAX)
      continue;
    int dwellings = customs[kind].dwellings;
    if (dwellings > 1) dwellings = 1 + (int)(dwellings * demo_chance(mix, 4, 0));
    TRY(add_home(ctx, plan, side, spot, NULL, persons_in(mix, dwellings), dwellings));
  }
  *rest = here - length;
  return SUND_OK;
}

static sund_code add_work(sund_ctx *ctx, demo_plan *plan, int side, const double at[2], int jobs) {
  demo_sheet *sheet = &plan->sheet[side][DEMO_JOBS];
  const char *id = sund_text(ctx, "%s-%04zu", side == DEMO_DK ? "virk" : "arb", sheet->rows + 1);
  if (!id) return SUND_LIMIT;
  const demo_value value[] = {{.text = id}, {.integer = jobs}};
  return demo_point(ctx, sheet, value, at[0], at[1]);
}

static sund_code work_along(sund_ctx *ctx, demo_plan *plan, int side, const double at[4], uint32_t seed,
                            double *rest) {
  double length = hypot(at[2] - at[0], at[3] - at[1]), here = *rest;
  for (uint32_t n = 0; here < length; n++) {
    uint32_t mix = demo_hash(seed, n, 78);
    double share = here / length, off = 18 / length;
    double spot[2] = {at[0] + share * (at[2] - at[0]) + off * (at[3] - at[1]),
                      at[1] + share * (at[3] - at[1]) - off * (at[2] - at[0])};
    uint8_t district = plan->district[demo_cell(plan, spot[0], spot[1])];
    int kind = district ? demo_district_kind(district) : DEMO_VILLAGE;
    double few = demo_chance(mix, 1, 0);
    here += customs[kind].work_step * (0.6 + 0.8 * demo_chance(mix, 2, 0));
    if (district && buildable(plan, spot[0], spot[1]))
      TRY(add_work(ctx, plan, side, spot, 1 + (int)(customs[kind].jobs * few * few)));
  }
  *rest = here - length;
  return SUND_OK;
}

static sund_code build_streets(sund_ctx *ctx, demo_plan *plan, int side, const sund_segments *streets) {
  const demo_sheet *sheet = &plan->sheet[side][DEMO_PATHS];
  for (size_t r = 0; r < sheet->rows; r++) {
    const demo_value *value = sheet->value + r * sheet->fields;
    size_t end = r + 1 < sheet->rows ? sheet->first_vertex[r + 1] : sheet->line.n;
    double rest[3] = {8, 16, 20};
    if (!(value[2].real <= 50) || value[1].integer != 0) continue; /* country roads, paths, bridges */
    for (size_t i = sheet->first_vertex[r]; i + 1 < end; i++) {
      const double at[4] = {sheet->line.x[i], sheet->line.y[i], sheet->line.x[i + 1], sheet->line.y[i + 1]};
      uint32_t seed = demo_hash(6000 + (uint32_t)side, (uint32_t)r, (uint32_t)i);
      TRY(build_side(ctx, plan, side, streets, at, 1, seed, rest));
      TRY(build_side(ctx, plan, side, streets, at, -1, seed + 1, rest + 1));
      TRY(work_along(ctx, plan, side, at, seed + 2, rest + 2));
    }
  }
  return SUND_OK;
}

/* Farms on open land, some of them far from any road. */
static sund_code scatter_farms(sund_ctx *ctx, demo_plan *plan, const sund_segments *const streets[DEMO_SIDES]) {
  double x, y, metres;
  for (uint32_t i = 0; i < 900; i++) {
    double at[2] = {DEMO_WIDTH * demo_chance(7000, i, 0), DEMO_SOUTH + DEMO_HEIGHT * demo_chance(7000, i, 1)};
    size_t cell = demo_cell(plan, at[0], at[1]);
    int side = at[0] < 9000 ? DEMO_DK : DEMO_SE;
    if (plan->district[cell] || plan->low[cell] < 150 || !buildable(plan, at[0], at[1])) continue;
    if (sund_segments_nearest(streets[side], at[0], at[1], 900, NULL, false, &x, &y, &metres) == SIZE_MAX) continue;
    if (metres < 22 || (metres > 200 && demo_chance(7000, i, 3) > 0.12)) continue;
    TRY(add_home(ctx, plan, side, at, NULL, persons_in(demo_hash(7000, i, 2), 1), 1));
  }
  return SUND_OK;
}

sund_code demo_town_draw(sund_ctx *ctx, demo_plan *plan) {
  const sund_segments *streets[DEMO_SIDES] = {NULL, NULL};
  for (int side = 0; side < DEMO_SIDES; side++) {
    sund_shapes *lines = NULL;
    sund_segments *segments = NULL;
    TRY(demo_shapes(ctx, &plan->sheet[side][DEMO_PATHS], SUND_LINE, &lines));
    TRY(sund_segments_build(ctx, lines, &segments));
    streets[side] = segments;
    TRY(build_streets(ctx, plan, side, segments));
  }
  TRY(scatter_farms(ctx, plan, streets));
  for (size_t i = 0; i < COUNT(planted); i++) {
    const double at[2] = {planted[i].x, planted[i].y};
    TRY(add_home(ctx, plan, planted[i].side, at, planted[i].id, planted[i].persons, 1));
  }
  for (size_t i = 0; i < COUNT(works); i++) {
    const double at[2] = {works[i].x, works[i].y};
    TRY(add_work(ctx, plan, works[i].side, at, works[i].jobs));
  }
  for (size_t i = 0; i < COUNT(places); i++) {
    const demo_value value[] = {{.text = places[i].id}, {.text = places[i].name}};
    TRY(demo_point(ctx, &plan->sheet[places[i].side][DEMO_PLACES], value, places[i].x, places[i].y));
  }
  return SUND_OK;
}
