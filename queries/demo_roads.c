/* demo_roads.c - the demo's streets and paths that fill districts and green areas, and the lanes between them.
 *
 * Warped lattices: rows and columns of uneven spacing, bent by noise, with edges left out where something else stands,
 * and by chance; every run of edges that are left is one line, not split where it crosses others, as in many registers.
 * The lines drawn by hand come first (demo_lines.c). */
#include <math.h>

#include "demo.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* Districts: kind, turn of the lattice in degrees, outline. */
static const struct {
  uint8_t side, kind;
  int16_t turn;
  uint8_t n;
  int16_t at[16];
} districts[] = {
    {DEMO_DK, DEMO_OLD, 8, 6, {562, 770, 625, 772, 626, 845, 610, 880, 575, 885, 558, 830}},
    {DEMO_DK, DEMO_VILLA, -6, 8, {360, 838, 400, 795, 470, 790, 556, 800, 572, 888, 530, 902, 470, 880, 380, 862}},
    {DEMO_DK, DEMO_BLOCK, 24, 6, {425, 690, 480, 685, 556, 690, 562, 795, 455, 788, 412, 745}},
    {DEMO_DK, DEMO_ROW, 14, 6, {520, 632, 592, 640, 618, 700, 618, 768, 562, 770, 556, 690}},
    {DEMO_DK, DEMO_VILLA, 38, 5, {448, 640, 482, 632, 520, 640, 554, 690, 468, 686}},
    {DEMO_DK, DEMO_ROW, -4, 6, {522, 546, 579, 548, 577, 600, 584, 622, 548, 626, 522, 618}},
    {DEMO_DK, DEMO_ROW, 3, 4, {488, 557, 511, 555, 511, 584, 489, 586}},
    {DEMO_DK, DEMO_WORK, 30, 6, {352, 690, 415, 664, 424, 690, 400, 745, 365, 760, 345, 730}},
    {DEMO_DK, DEMO_VILLA, -22, 7, {482, 476, 520, 448, 565, 445, 592, 470, 594, 510, 566, 530, 496, 528}},
    {DEMO_DK, DEMO_OLD, -12, 6, {505, 225, 546, 228, 560, 262, 548, 305, 505, 300, 488, 258}},
    {DEMO_DK, DEMO_VILLA, 18, 7, {420, 220, 505, 205, 520, 330, 505, 372, 450, 330, 440, 290, 405, 260}},
    {DEMO_DK, DEMO_VILLAGE, 32, 5, {198, 560, 262, 552, 272, 600, 236, 622, 200, 608}},
    {DEMO_DK, DEMO_VILLAGE, -15, 5, {228, 186, 292, 182, 306, 232, 262, 256, 226, 232}},
    {DEMO_SE, DEMO_OLD, -8, 6, {1137, 702, 1206, 694, 1226, 760, 1206, 812, 1130, 822, 1128, 796}},
    {DEMO_SE, DEMO_VILLA, 16, 7, {1098, 830, 1205, 818, 1236, 850, 1228, 905, 1188, 970, 1118, 960, 1120, 900}},
    {DEMO_SE, DEMO_BLOCK, 4, 5, {1208, 690, 1340, 676, 1348, 806, 1250, 822, 1222, 815}},
    {DEMO_SE, DEMO_ROW, 26, 6, {1152, 622, 1230, 598, 1330, 590, 1338, 676, 1206, 692, 1146, 698}},
    {DEMO_SE, DEMO_ROW, 12, 5, {1180, 524, 1248, 518, 1260, 585, 1200, 594, 1184, 592}},
    {DEMO_SE, DEMO_WORK, -10, 5, {1345, 600, 1432, 586, 1446, 680, 1392, 690, 1344, 682}},
    {DEMO_SE, DEMO_VILLA, -14, 6, {1352, 712, 1440, 692, 1482, 740, 1470, 815, 1400, 850, 1352, 820}},
    {DEMO_SE, DEMO_OLD, 10, 6, {1218, 165, 1262, 160, 1275, 215, 1262, 250, 1226, 240, 1216, 195}},
    {DEMO_SE, DEMO_VILLA, -18, 6, {1262, 152, 1330, 142, 1385, 165, 1378, 235, 1300, 275, 1240, 310}},
    {DEMO_SE, DEMO_VILLAGE, 20, 5, {1378, 925, 1440, 922, 1452, 972, 1400, 990, 1374, 962}},
    {DEMO_SE, DEMO_VILLAGE, -30, 5, {1478, 325, 1545, 318, 1556, 372, 1512, 398, 1482, 376}},
    {DEMO_SE, DEMO_VILLAGE, 42, 5, {1204, 330, 1262, 318, 1278, 360, 1240, 392, 1206, 372}},
};

/* How a district of a kind is laid out: spacing of columns and rows in metres, bending in metres, share of edges of
 * columns and rows left out. */
static const struct {
  double across, along, bend, less_across, less_along;
} layouts[] = {[DEMO_OLD] = {74, 58, 34, 0.10, 0.12},    [DEMO_VILLA] = {128, 74, 95, 0.38, 0.08},
               [DEMO_ROW] = {108, 62, 40, 0.42, 0.05},   [DEMO_BLOCK] = {128, 112, 45, 0.12, 0.12},
               [DEMO_WORK] = {190, 140, 40, 0.20, 0.10}, [DEMO_VILLAGE] = {150, 105, 120, 0.30, 0.25}};

/* Green areas with paths of their own, found by a point inside: tens of metres, spacing in metres. */
static const struct {
  int16_t x, y;
  double spacing;
} trails[] = {{200, 700, 310},  {350, 380, 290},  {340, 510, 260},   {515, 712, 85},  {70, 360, 300},
              {500, 650, 70},   {630, 884, 60},   {505, 268, 60},    {395, 820, 70},  {430, 130, 250},
              {1560, 640, 330}, {1300, 900, 270}, {1360, 450, 280},  {1246, 772, 75}, {1176, 785, 65},
              {1290, 200, 65},  {1410, 780, 80},  {1345, 110, 240},  {1370, 700, 70}, {1500, 1030, 260},
              {450, 832, 60},   {1316, 786, 70},  {1200, 1030, 220}, {1360, 555, 200}};

/* Where no lane may come, metres: around Stilleskoven, the lonely homes and footways, and the inner basin. */
static const double still[][4] = {{1400, 3850, 2560, 5300},   {1700, 2600, 2500, 3300},   {4660, 5500, 5160, 6240},
                                  {15500, 3950, 16300, 4600}, {13250, 5900, 13750, 6250}, {1500, 6500, 3300, 8500}};

int demo_district_kind(uint8_t district) {
  return districts[district - 1].kind;
}

/* ---------------------------------------------------------------------------------------------------- lattices */

/* A lattice of SIZE x SIZE nodes around a middle. */
enum { SIZE = 72 };
typedef struct lattice {
  uint8_t side, class;
  bool trail; /* through the green area `id`, else through the district  */
  uint8_t id;
  uint32_t seed;
  double x[SIZE * SIZE], y[SIZE * SIZE];
  uint8_t edge[2][SIZE * SIZE];                   /* 0: to the next column, 1: to the next row             */
  uint16_t root[SIZE * SIZE], edges[SIZE * SIZE]; /* joined nodes and their edges        */
} lattice;

static void place_nodes(lattice *l, double x, double y, double turn, const double spacing[2], double bend) {
  double cosine = rint(cos(turn) * 1e6) / 1e6, sine = rint(sin(turn) * 1e6) / 1e6;
  for (uint32_t k = 0; k < SIZE; k++)
    for (uint32_t i = 0; i < SIZE; i++) {
      double u = spacing[0] * ((double)i - SIZE / 2 + 0.5 * demo_chance(l->seed, 1, i));
      double v = spacing[1] * ((double)k - SIZE / 2 + 0.45 * demo_chance(l->seed, 2, k));
      double px = x + u * cosine - v * sine, py = y + u * sine + v * cosine;
      l->x[k * SIZE + i] =
          px + bend * demo_noise(l->seed + 1, px, py, 420) + 0.3 * bend * demo_noise(l->seed + 2, px, py, 130);
      l->y[k * SIZE + i] =
          py + bend * demo_noise(l->seed + 3, px, py, 420) + 0.3 * bend * demo_noise(l->seed + 4, px, py, 130);
    }
}

/* May a street or path run straight from node a to node b? */
static bool passable(const demo_plan *plan, const lattice *l, size_t a, size_t b) {
  double dx = l->x[b] - l->x[a], dy = l->y[b] - l->y[a];
  int steps = 2 + (int)(hypot(dx, dy) / 8), inside = 0, on_road = 0;
  for (int s = 0; s <= steps; s++) {
    double x = l->x[a] + dx * s / steps, y = l->y[a] + dy * s / steps;
    size_t cell = demo_cell(plan, x, y);
    uint8_t cover = plan->cover[cell];
    if (demo_sample(plan, plan->shore, x, y) < 22 || cover & DEMO_IS_WATER) return false;
    if (!l->trail && cover & DEMO_IS_GREEN) return false;
    if (l->trail && plan->green[cell] && plan->green[cell] != l->id) return false;
    inside += l->trail ? plan->green[cell] == l->id : plan->district[cell] == l->id;
    if (!l->id && (!plan->commune[cell] || (plan->commune[cell] > 2) != (l->side == DEMO_SE))) return false;
    if (!l->id && cover & DEMO_IS_STILL) return false;
    on_road += (cover & DEMO_IS_ROAD) != 0;
  }
  if (on_road * 5 > 3 * steps) return false; /* beside a road that is there already */
  return l->trail ? inside * 3 > steps : inside * 5 > 4 * steps;
}

static uint16_t root_of(lattice *l, uint16_t node) {
  while (l->root[node] != node) node = l->root[node] = l->root[l->root[node]];
  return node;
}

/* Keeps the edges that can be built and are not left out by chance, then takes away crumbs of less than `fewest` edges. */
static void choose_edges(const demo_plan *plan, lattice *l, const double less[2], uint16_t fewest) {
  for (uint16_t i = 0; i < SIZE * SIZE; i++) l->root[i] = i, l->edges[i] = 0, l->edge[0][i] = l->edge[1][i] = 0;
  for (int pass = 0; pass < 2; pass++)
    for (uint16_t i = 0; i < SIZE * SIZE; i++)
      for (uint32_t way = 0; way < 2; way++) {
        if (way ? i / SIZE + 1 >= SIZE : i % SIZE + 1 >= SIZE) continue;
        uint16_t next = (uint16_t)(i + (way ? SIZE : 1));
        if (!pass) {
          if (demo_chance(l->seed + 7, i, way) < less[way] || !passable(plan, l, i, next)) continue;
          l->edge[way][i] = 1;
          uint16_t a = root_of(l, i), b = root_of(l, next);
          if (a != b) l->root[b] = a;
        } else if (l->edge[way][i]) {
          l->edges[root_of(l, i)]++;
        }
      }
  for (uint16_t i = 0; i < SIZE * SIZE; i++)
    for (int way = 0; way < 2; way++)
      if (l->edge[way][i] && l->edges[root_of(l, i)] < fewest) l->edge[way][i] = 0;
}

/* Every run of kept edges along a row or a column is one line, curved in pieces of `step` metres; nodes stay on it. */
static sund_code add_runs(sund_ctx *ctx, demo_plan *plan, lattice *l, double step, bool one_way) {
  demo_sheet *sheet = &plan->sheet[l->side][DEMO_PATHS];
  for (size_t way = 0; way < 2; way++)
    for (size_t line = 0; line < SIZE; line++) {
      double x[SIZE], y[SIZE];
      size_t n = 0;
      for (size_t i = 0; i < SIZE; i++) {
        size_t node = way ? i * SIZE + line : line * SIZE + i;
        x[n] = l->x[node], y[n++] = l->y[node];
        if (i + 1 < SIZE && l->edge[way][node]) continue;
        bool single = one_way && demo_chance(l->seed, 9, (uint32_t)(way * SIZE + line)) < 0.3;
        if (n > 1) TRY(demo_road_row(ctx, plan, l->side, l->class, 0, single));
        demo_line curve = {0};
        if (n > 1) TRY(demo_bend(ctx, n, x, y, step, &curve));
        if (n > 1) TRY(demo_part(ctx, sheet, curve.n, curve.x, curve.y));
        n = 0;
      }
    }
  return SUND_OK;
}

static sund_code draw_district(sund_ctx *ctx, demo_plan *plan, lattice *l, size_t i) {
  double x = 0, y = 0;
  int kind = districts[i].kind;
  for (size_t k = 0; k < districts[i].n; k++)
    x += 10.0 * districts[i].at[2 * k], y += 10.0 * districts[i].at[2 * k + 1];
  l->side = districts[i].side, l->class = DEMO_LOCAL, l->trail = false, l->id = (uint8_t)(i + 1);
  l->seed = 1000 + 16 * (uint32_t)i;
  const double spacing[2] = {layouts[kind].across, layouts[kind].along};
  const double less[2] = {layouts[kind].less_along, layouts[kind].less_across};
  place_nodes(l, x / districts[i].n, y / districts[i].n, districts[i].turn * 0.017453292519943295, spacing,
              layouts[kind].bend);
  choose_edges(plan, l, less, 4);
  return add_runs(ctx, plan, l, 60, kind == DEMO_OLD);
}

/* Lanes between the fields: a wide lattice over all of a side that keeps out of districts and green areas. */
static sund_code draw_lanes(sund_ctx *ctx, demo_plan *plan, lattice *l, int side) {
  static const double spacing[2] = {420, 370}, less[2] = {0.30, 0.42};
  l->side = (uint8_t)side, l->class = DEMO_LOCAL, l->trail = false, l->id = 0, l->seed = 4000 + 16 * (uint32_t)side;
  place_nodes(l, side == DEMO_DK ? 3500 : 13800, 5200, side == DEMO_DK ? 0.15 : -0.2, spacing, 150);
  choose_edges(plan, l, less, 10);
  return add_runs(ctx, plan, l, 40, false);
}

static sund_code draw_trail(sund_ctx *ctx, demo_plan *plan, lattice *l, size_t i) {
  double x = 10.0 * trails[i].x, y = 10.0 * trails[i].y;
  const double spacing[2] = {trails[i].spacing * 1.15, trails[i].spacing}, less[2] = {0.16, 0.22};
  l->side = x < 9000 ? DEMO_DK : DEMO_SE, l->class = DEMO_FOOT, l->trail = true;
  l->id = plan->green[demo_cell(plan, x, y)];
  l->seed = 3000 + 16 * (uint32_t)i;
  place_nodes(l, x, y, 0.3 + demo_chance(l->seed, 5, 5), spacing, 0.55 * trails[i].spacing);
  choose_edges(plan, l, less, 4);
  return add_runs(ctx, plan, l, 40, false);
}

void demo_districts_fill(demo_plan *plan) {
  for (size_t i = 0; i < COUNT(districts); i++) {
    double x[8], y[8];
    for (size_t k = 0; k < districts[i].n; k++)
      x[k] = 10.0 * districts[i].at[2 * k], y[k] = 10.0 * districts[i].at[2 * k + 1];
    demo_fill(plan, districts[i].n, x, y, plan->district, (uint8_t)(i + 1), false);
  }
}

sund_code demo_roads_draw(sund_ctx *ctx, demo_plan *plan) {
  lattice *l = sund_alloc(ctx, 1, sizeof *l);
  if (!l) return SUND_LIMIT;
  for (size_t i = 0; i < COUNT(still); i++) {
    const double x[4] = {still[i][0], still[i][2], still[i][2], still[i][0]};
    const double y[4] = {still[i][1], still[i][1], still[i][3], still[i][3]};
    demo_fill(plan, 4, x, y, plan->cover, DEMO_IS_STILL, true);
  }
  TRY(demo_lines_draw(ctx, plan));
  for (size_t i = 0; i < COUNT(districts); i++) TRY(draw_district(ctx, plan, l, i));
  for (int side = 0; side < DEMO_SIDES; side++) TRY(draw_lanes(ctx, plan, l, side));
  for (size_t i = 0; i < COUNT(trails); i++) TRY(draw_trail(ctx, plan, l, i));
  return SUND_OK;
}
