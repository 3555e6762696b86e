/* demo_terrain.c - the demo's ground: it rises from the shore, rolls inland, and lies low in three quarters behind
 * dikes. In the west the dike has a gap where a slipway crosses it, and an underpass leads on through the railway bank
 * into an inner basin; in the east the wall is whole but has a sluice. demo_terrain_draw comes before everything else
 * that stands on the ground; demo_height is then a function of the place. */
#include <math.h>

#include "demo.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* Low quarters, reaching out into the sea where a dike is their only shelter: corners in tens of metres. */
static const struct {
  uint8_t n;
  int16_t at[12];
} lows[] = {
    {6, {524, 545, 615, 541, 615, 626, 590, 628, 552, 628, 522, 620}}, /* Engkvarteret              */
    {4, {468, 556, 512, 553, 512, 618, 470, 618}},                     /* Inderengen                */
    {5, {1150, 520, 1250, 516, 1262, 588, 1215, 600, 1150, 602}},      /* Raaback                   */
};

/* Banks: from..to in the middle line's points stand `crest` metres high in the terrain. Only dikes and walls are in
 * the layer of barriers, with their surveyed crest; the railway bank is wide enough for the terrain to show it. */
static const struct {
  uint8_t side, n;
  bool barrier;
  double ground, crest, inland; /* metres; inland 0: drawn where it stands */
  int16_t at[20];
  const char *name;
} banks[] = {
    {DEMO_DK, 5, true, 2.25, 2.60, 45, {590, 533, 588, 548, 586, 565, 586, 575, 585, 579}, "Engdiget, syd"},
    {DEMO_DK, 5, true, 2.25, 2.60, 45, {585, 585, 587, 595, 592, 608, 596, 622, 603, 638}, "Engdiget, nord"},
    {DEMO_DK, 4, false, 3.40, 0, 0, {517, 534, 518, 560, 517, 600, 516, 640}, "Banen"},
    {DEMO_SE,
     6,
     true,
     1.90,
     2.20,
     42,
     {1168, 505, 1176, 530, 1178, 560, 1176, 580, 1170, 597, 1160, 615},
     "R\303\245b\303\244cksvallen"},
};

/* The sill of the slipway across the gap of Engdiget, a little above the ground around. */
static const int16_t slipway[4] = {585, 579, 585, 585};
static const double slipway_m = 1.35;

/* Openings: line in metres, invert and width in metres. */
static const struct {
  uint8_t side;
  double at[4], invert, width;
  const char *name;
} openings[] = {
    {DEMO_DK, {5075, 5798, 5255, 5803}, 1.70, 4.0, "Underf\303\270ring Engvej"},
    {DEMO_SE, {11700, 5560, 11850, 5566}, 0.95, 2.0, "R\303\245b\303\244cks sluss"},
};

/* Raises the bank mask along a line: full height for 8 m, then falling one in four. */
static void heap(demo_plan *plan, const demo_line *line, double height) {
  for (size_t i = 0; i + 1 < line->n; i++)
    for (double t = 0; t <= 1; t += 0.05)
      for (int k = -3; k <= 3; k++)
        for (int m = -3; m <= 3; m++) {
          double x = line->x[i] + t * (line->x[i + 1] - line->x[i]),
                 y = line->y[i] + t * (line->y[i + 1] - line->y[i]);
          size_t cell = demo_cell(plan, x + k * DEMO_CELL, y + m * DEMO_CELL);
          double cx = ((double)(cell % plan->columns) + 0.5) * DEMO_CELL;
          double cy = ((double)(cell / plan->columns) + 0.5) * DEMO_CELL + DEMO_SOUTH;
          double top = height - 0.25 * fmax(hypot(cx - x, cy - y) - 8, 0);
          if ((double)plan->bank[cell] < top) plan->bank[cell] = (float)top;
        }
}

static sund_code draw_banks(sund_ctx *ctx, demo_plan *plan) {
  for (size_t i = 0; i < COUNT(banks); i++) {
    demo_line line = {0};
    TRY(demo_curve(ctx, banks[i].n, banks[i].at, 25, &line));
    for (size_t k = 1; banks[i].inland > 0 && k + 1 < line.n; k++)
      demo_to_shore(plan, banks[i].inland, line.x + k, line.y + k);
    heap(plan, &line, banks[i].ground);
    if (!banks[i].barrier) continue;
    demo_sheet *sheet = &plan->sheet[banks[i].side][DEMO_BARRIERS];
    const demo_value value[] = {{.text = banks[i].name}, {.real = banks[i].crest}};
    TRY(demo_row(ctx, sheet, value));
    TRY(demo_part(ctx, sheet, line.n, line.x, line.y));
  }
  demo_line ramp = {0};
  TRY(demo_curve(ctx, 2, slipway, 25, &ramp));
  heap(plan, &ramp, slipway_m);
  return SUND_OK;
}

sund_code demo_terrain_draw(sund_ctx *ctx, demo_plan *plan) {
  uint8_t *inside = sund_alloc(ctx, plan->columns * plan->rows, 1);
  if (!inside) return SUND_LIMIT;
  for (size_t i = 0; i < COUNT(lows); i++) {
    double x[6], y[6];
    for (size_t k = 0; k < lows[i].n; k++) x[k] = 10.0 * lows[i].at[2 * k], y[k] = 10.0 * lows[i].at[2 * k + 1];
    demo_fill(plan, lows[i].n, x, y, inside, 1, false);
  }
  demo_distance(plan, inside, 1, plan->low);
  TRY(draw_banks(ctx, plan));
  for (size_t i = 0; i < COUNT(openings); i++) {
    double x[2] = {openings[i].at[0], openings[i].at[2]}, y[2] = {openings[i].at[1], openings[i].at[3]};
    demo_sheet *sheet = &plan->sheet[openings[i].side][DEMO_OPENINGS];
    const demo_value value[] = {
        {.text = openings[i].name}, {.real = openings[i].invert}, {.real = openings[i].width}};
    TRY(demo_row(ctx, sheet, value));
    TRY(demo_part(ctx, sheet, 2, x, y));
  }
  return SUND_OK;
}

/* Every term is a quotient or a product, no function of the C library that machines round differently. */
double demo_height(const demo_plan *plan, double x, double y) {
  double inland = demo_sample(plan, plan->shore, x, y);
  if (inland <= 0) return 0;
  double rise = fmin(inland / 1600, 1);
  double hills = rise * (17 + 15 * demo_noise(801, x, y, 1500) + 7 * demo_noise(802, x, y, 520));
  double rough = fmin(inland / 150, 1) * (0.9 * demo_noise(803, x, y, 170) + 0.25 * demo_noise(804, x, y, 45));
  double ground = 0.25 + 6.2 * inland / (inland + 45) + fmax(hills, 0) + rough;
  double bottom = 0.75 + 0.3 * demo_noise(805, x, y, 210) + 0.15 * demo_noise(806, x, y, 60);
  double outside =
      demo_sample(plan, plan->low, x + 45 * demo_noise(807, x, y, 200), y + 45 * demo_noise(808, x, y, 200));
  ground = fmin(ground, bottom + 0.028 * outside + 0.0001 * outside * outside);
  if (plan->cover[demo_cell(plan, x, y)] & DEMO_IS_WATER) ground -= 1.2;
  return fmax(fmax(ground, demo_sample(plan, plan->bank, x, y)), 0.05);
}
