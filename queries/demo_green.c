/* demo_green.c - the demo's nature: forests, parks, meadows, lakes, beaches, gardens, and what is protected.
 *
 * Among the plausible places stand cases that a query must get right; docs/demo.md lists them. */
#include <math.h>

#include "demo.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

enum { FOREST, PARK, MEADOW, WETLAND, BEACH, LAKE, SPORTS, ALLOTMENT, CEMETERY, PLAYGROUND, PROTECTED };
enum { OPEN, LIMITED, CLOSED, UNSAID };

static const char *const kinds[][DEMO_SIDES] = {{"skov", "skog"},
                                                {"park", "park"},
                                                {"eng", "\303\244ng"},
                                                {"mose", "v\303\245tmark"},
                                                {"strand", "strand"},
                                                {"s\303\270", "sj\303\266"},
                                                {"sportsanl\303\246g", "idrottsplats"},
                                                {"kolonihave", "koloniomr\303\245de"},
                                                {"kirkeg\303\245rd", "kyrkog\303\245rd"},
                                                {"legeplads", "lekplats"},
                                                {"fredet", "naturreservat"}};
/* The Danish register leaves the unknown empty, the Swedish one says so. */
static const char *const accesses[][DEMO_SIDES] = {
    {"ja", "allm\303\244n"}, {"delvis", "begr\303\244nsad"}, {"nej", "privat"}, {NULL, "ok\303\244nd"}};

/* side, kind, access, roughness in percent, number of corners, corners in tens of metres, name */
static const struct {
  uint8_t side, kind, access, rough, n;
  int16_t at[24];
  const char *name;
} areas[] = {
    {DEMO_DK,
     FOREST,
     OPEN,
     20,
     10,
     {160, 660, 222, 636, 300, 655, 322, 690, 336, 742, 318, 800, 285, 846, 222, 852, 168, 806, 146, 722},
     "Nordskoven"},
    {DEMO_DK,
     FOREST,
     OPEN,
     20,
     8,
     {305, 322, 372, 312, 425, 338, 446, 385, 440, 430, 392, 452, 330, 436, 292, 386},
     "Gr\303\246nseskoven"},
    {DEMO_DK, FOREST, OPEN, 20, 6, {165, 425, 205, 402, 236, 418, 238, 470, 205, 512, 172, 500}, "Stilleskoven"},
    {DEMO_DK,
     FOREST,
     CLOSED,
     20,
     6,
     {305, 478, 372, 466, 402, 500, 386, 548, 340, 556, 300, 528},
     "Herreg\303\245rdsskoven"},
    {DEMO_DK, FOREST, OPEN, 20, 7, {20, 300, 70, 290, 132, 322, 128, 400, 88, 438, 40, 420, 18, 360}, "Vesterskoven"},
    {DEMO_DK, FOREST, LIMITED, 20, 6, {395, 95, 452, 88, 478, 120, 470, 160, 425, 168, 392, 138}, "Fugleskoven"},
    {DEMO_DK, PARK, OPEN, 8, 7, {497, 702, 522, 694, 546, 700, 549, 735, 530, 748, 502, 744, 494, 722}, "Byparken"},
    {DEMO_DK,
     PARK,
     OPEN,
     7,
     6,
     {608, 890, 628, 872, 645, 873, 646, 889, 634, 897, 616, 899},
     "F\303\246stningsparken"},
    {DEMO_DK, PARK, OPEN, 7, 5, {493, 258, 512, 252, 518, 270, 506, 283, 492, 276}, "Egholm Lystpark"},
    {DEMO_DK, PARK, OPEN, 0, 4, {531, 482, 536, 482, 536, 486, 531, 486}, "Lommepark 1"},
    {DEMO_DK, PARK, OPEN, 0, 4, {536, 482, 541, 482, 541, 486, 536, 486}, "Lommepark 2"},
    {DEMO_DK, PARK, OPEN, 0, 4, {541, 482, 546, 482, 546, 486, 541, 486}, "Lommepark 3"},
    {DEMO_DK, PARK, UNSAID, 7, 5, {385, 815, 402, 810, 408, 828, 396, 838, 384, 832}, NULL},
    {DEMO_DK, MEADOW, LIMITED, 12, 6, {466, 590, 484, 592, 511, 588, 511, 617, 486, 620, 468, 610}, "Inderengen"},
    {DEMO_DK, MEADOW, OPEN, 12, 6, {345, 600, 392, 592, 408, 622, 396, 656, 356, 660, 340, 630}, "Kobbel Eng"},
    {DEMO_DK, MEADOW, OPEN, 17, 6, {662, 168, 690, 158, 706, 172, 696, 190, 672, 192, 656, 182}, "\303\230engen"},
    {DEMO_DK, WETLAND, OPEN, 13, 6, {330, 586, 366, 572, 392, 588, 386, 606, 352, 612, 332, 602}, "Stormosen"},
    {DEMO_DK, WETLAND, LIMITED, 13, 5, {262, 118, 300, 112, 312, 146, 284, 160, 258, 146}, "Sydmosen"},
    {DEMO_DK, LAKE, OPEN, 13, 6, {236, 734, 258, 728, 272, 748, 264, 768, 244, 772, 232, 754}, "Skovs\303\270"},
    {DEMO_DK,
     LAKE,
     OPEN,
     13,
     7,
     {345, 252, 372, 240, 392, 255, 388, 284, 368, 292, 352, 284, 340, 270},
     "Egholm S\303\270"},
    {DEMO_DK, SPORTS, LIMITED, 0, 4, {424, 636, 456, 632, 459, 658, 427, 662}, "Nordsund Stadion"},
    {DEMO_DK, SPORTS, LIMITED, 0, 4, {455, 232, 478, 230, 479, 248, 456, 250}, "Egholm Idr\303\246tspark"},
    {DEMO_DK, ALLOTMENT, LIMITED, 4, 4, {484, 636, 514, 633, 517, 658, 486, 662}, "Haveforeningen Solglimt"},
    {DEMO_DK, CEMETERY, OPEN, 0, 4, {440, 822, 462, 820, 464, 840, 441, 842}, "Nordsund Kirkeg\303\245rd"},
    {DEMO_DK, PLAYGROUND, OPEN, 0, 4, {478, 735, 482, 735, 482, 738, 478, 738}, "Legepladsen Vesterbro"},
    {DEMO_DK, PLAYGROUND, OPEN, 0, 4, {545, 585, 548, 585, 548, 588, 545, 588}, "Legepladsen Engvej"},
    {DEMO_DK, PLAYGROUND, OPEN, 0, 4, {470, 296, 473, 296, 473, 299, 470, 299}, "Legepladsen Egholm"},
    {DEMO_DK, MEADOW, CLOSED, 6, 4, {235, 1108, 240, 1107, 241, 1112, 236, 1113}, "Nordgrund, fuglereservat"},
    {DEMO_DK, MEADOW, CLOSED, 6, 4, {882, 237, 888, 236, 889, 241, 884, 242}, "Midtgrund, fuglereservat"},
    {DEMO_DK, FOREST, CLOSED, 20, 6, {150, -30, 230, -40, 270, -12, 258, 30, 190, 42, 140, 12}, "Sydskoven"},
    {DEMO_SE, MEADOW, CLOSED, 6, 4, {940, 1010, 945, 1009, 946, 1014, 941, 1015}, "Norrgrund, f\303\245gelskydd"},
    {DEMO_SE,
     FOREST,
     CLOSED,
     20,
     6,
     {1380, -40, 1470, -46, 1496, -10, 1460, 24, 1400, 20, 1366, -8},
     "S\303\266derskogen"},
    {DEMO_SE,
     FOREST,
     OPEN,
     20,
     12,
     {1500, 566, 1580, 540, 1645, 600, 1690, 680, 1676, 780, 1640, 850,
      1600, 925, 1530, 935, 1488, 870, 1502, 770, 1478, 690, 1488, 620},
     "Storskogen"},
    {DEMO_SE,
     FOREST,
     OPEN,
     20,
     7,
     {1242, 848, 1300, 834, 1352, 862, 1362, 915, 1325, 962, 1262, 966, 1234, 905},
     "Sundviks skog"},
    {DEMO_SE,
     FOREST,
     OPEN,
     17,
     7,
     {1300, 398, 1372, 386, 1432, 410, 1440, 470, 1400, 524, 1322, 516, 1290, 455},
     "Gr\303\244nsskogen"},
    {DEMO_SE, FOREST, CLOSED, 20, 6, {1292, 85, 1350, 75, 1398, 100, 1396, 142, 1345, 140, 1300, 124}, "Ekeby gods"},
    {DEMO_SE,
     FOREST,
     UNSAID,
     20,
     6,
     {1560, 280, 1610, 262, 1642, 300, 1632, 370, 1585, 385, 1556, 340},
     "\303\226sterlunden"},
    {DEMO_SE,
     FOREST,
     OPEN,
     20,
     6,
     {1440, 1000, 1500, 985, 1560, 1010, 1552, 1075, 1490, 1090, 1446, 1060},
     "Norrskogen"},
    {DEMO_SE, PARK, OPEN, 8, 6, {1229, 752, 1246, 755, 1263, 752, 1264, 784, 1246, 794, 1228, 786}, "Stadsparken"},
    {DEMO_SE, PARK, OPEN, 7, 6, {1160, 772, 1174, 766, 1190, 772, 1192, 794, 1176, 800, 1162, 794}, "Slottshagen"},
    {DEMO_SE, PARK, OPEN, 7, 5, {1278, 190, 1300, 184, 1308, 202, 1294, 216, 1278, 210}, "Ekeby park"},
    {DEMO_SE, PARK, OPEN, 0, 4, {1212, 632, 1217, 632, 1217, 638, 1212, 638}, "Delade parken v\303\244stra"},
    {DEMO_SE, PARK, OPEN, 0, 4, {1219, 632, 1224, 632, 1224, 638, 1219, 638}, "Delade parken \303\266stra"},
    {DEMO_SE, PARK, OPEN, 7, 5, {1398, 762, 1424, 766, 1428, 790, 1408, 800, 1392, 784}, "\303\226sterparken"},
    {DEMO_SE,
     MEADOW,
     OPEN,
     12,
     6,
     {1330, 540, 1372, 528, 1400, 545, 1394, 572, 1352, 582, 1326, 566},
     "L\303\245ng\303\244ngen"},
    {DEMO_SE,
     MEADOW,
     LIMITED,
     12,
     5,
     {1260, 532, 1285, 528, 1300, 560, 1285, 588, 1262, 584},
     "R\303\245\303\244ngen"},
    {DEMO_SE,
     MEADOW,
     OPEN,
     12,
     6,
     {1160, 1010, 1215, 1000, 1250, 1018, 1244, 1048, 1195, 1058, 1158, 1040},
     "Norra heden"},
    {DEMO_SE, WETLAND, OPEN, 13, 6, {1445, 470, 1470, 462, 1474, 500, 1462, 530, 1444, 528, 1438, 500}, "Myren"},
    {DEMO_SE,
     LAKE,
     OPEN,
     13,
     7,
     {1425, 292, 1458, 276, 1498, 284, 1506, 312, 1478, 326, 1444, 322, 1426, 308},
     "Hallsj\303\266n"},
    {DEMO_SE, LAKE, OPEN, 12, 5, {1540, 700, 1562, 694, 1570, 716, 1552, 730, 1538, 720}, "Tj\303\244rnen"},
    {DEMO_SE, SPORTS, LIMITED, 0, 4, {1290, 640, 1322, 636, 1325, 662, 1293, 666}, "Sundvallen"},
    {DEMO_SE, SPORTS, LIMITED, 0, 4, {1330, 200, 1350, 198, 1352, 216, 1331, 218}, "Ekebyvallen"},
    {DEMO_SE, ALLOTMENT, LIMITED, 4, 4, {1352, 690, 1385, 684, 1390, 706, 1355, 712}, "Kolonin \303\204ppellunden"},
    {DEMO_SE, CEMETERY, OPEN, 0, 4, {1300, 772, 1330, 770, 1332, 800, 1302, 802}, "Sundviks kyrkog\303\245rd"},
    {DEMO_SE, PLAYGROUND, OPEN, 0, 4, {1160, 905, 1164, 905, 1164, 908, 1160, 908}, "Lekplatsen Norr"},
    {DEMO_SE,
     PLAYGROUND,
     OPEN,
     0,
     4,
     {1222, 556, 1225, 556, 1225, 559, 1222, 559},
     "Lekplatsen R\303\245b\303\244ck"},
    {DEMO_SE, PLAYGROUND, OPEN, 0, 4, {1262, 240, 1265, 240, 1265, 243, 1262, 243}, "Lekplatsen Ekeby"},
    {DEMO_DK,
     PROTECTED,
     OPEN,
     12,
     7,
     {152, 700, 200, 668, 262, 690, 280, 760, 240, 800, 190, 790, 156, 750},
     "Nordskoven, fredning"},
    {DEMO_DK,
     PROTECTED,
     LIMITED,
     12,
     7,
     {322, 580, 370, 566, 400, 580, 404, 640, 372, 664, 340, 648, 326, 612},
     "Stormosen og Kobbel Eng"},
    {DEMO_DK,
     PROTECTED,
     OPEN,
     8,
     6,
     {380, 320, 430, 325, 452, 372, 430, 404, 392, 396, 372, 356},
     "Gr\303\246nseskoven \303\270st"},
    {DEMO_SE,
     PROTECTED,
     OPEN,
     12,
     7,
     {1510, 580, 1580, 556, 1630, 610, 1640, 700, 1580, 740, 1520, 720, 1500, 650},
     "Storskogens naturreservat"},
    {DEMO_SE,
     PROTECTED,
     OPEN,
     10,
     6,
     {1432, 462, 1480, 452, 1486, 510, 1468, 540, 1436, 538, 1426, 500},
     "Myrens naturreservat"},
};

/* Along the shore of the mainland: the stretch inside the box, `depth` metres inland. */
static const struct {
  uint8_t side, kind, access;
  int16_t west, south, east, north;
  double depth;
  const char *name;
} bands[] = {
    {DEMO_DK, BEACH, OPEN, 262, 860, 470, 930, 40, "Nordstrand"},
    {DEMO_DK, BEACH, OPEN, 500, 338, 600, 400, 36, "Egholm Strand"},
    {DEMO_DK, BEACH, OPEN, 580, 640, 660, 690, 28, "Sydstranden"},
    {DEMO_SE, BEACH, OPEN, 1040, 905, 1150, 972, 38, "Norra badet"},
    {DEMO_SE, BEACH, OPEN, 1150, 240, 1300, 318, 42, "Ekeby strandbad"},
    {DEMO_SE, PROTECTED, OPEN, 1100, 372, 1250, 448, 190, "Kapets naturreservat"},
    {DEMO_DK, PROTECTED, OPEN, 90, 885, 262, 930, 180, "Nordkysten, fredning"},
};

/* Mapped gates, at corners of the areas above. */
static const struct {
  uint8_t side;
  int16_t x, y;
} gates[] = {{DEMO_DK, 440, 822},  {DEMO_DK, 464, 840},  {DEMO_DK, 484, 636},
             {DEMO_DK, 517, 658},  {DEMO_DK, 424, 636},  {DEMO_SE, 1300, 772},
             {DEMO_SE, 1332, 800}, {DEMO_SE, 1352, 690}, {DEMO_SE, 1290, 640}};

/* The moat around the fort: a lake with a hole. Corners in metres from its middle, outer ring first. */
static const double fort[2] = {6560, 8720};
static const int8_t star[8][2] = {{10, 0}, {4, 4}, {0, 10}, {-4, 4}, {-10, 0}, {-4, -4}, {0, -10}, {4, -4}};

static sund_code green_row(sund_ctx *ctx, demo_plan *plan, int side, int kind, int access, const char *name) {
  demo_sheet *sheet = &plan->sheet[side][kind == PROTECTED ? DEMO_PROTECTED : DEMO_GREEN];
  const char *id =
      sund_text(ctx, "%s-%s-%04zu", side == DEMO_DK ? "dk" : "se", kind == PROTECTED ? "f" : "g", sheet->rows + 1);
  if (!id) return SUND_LIMIT;
  const demo_value value[] = {
      {.text = id}, {.text = kinds[kind][side]}, {.text = accesses[access][side]}, {.text = name}};
  return demo_row(ctx, sheet, value);
}

static sund_code draw_areas(sund_ctx *ctx, demo_plan *plan) {
  for (size_t i = 0; i < COUNT(areas); i++) {
    demo_knot knot[13];
    demo_line ring = {0};
    size_t n = areas[i].n;
    int side = areas[i].side, kind = areas[i].kind;
    for (size_t k = 0; k <= n; k++)
      knot[k] = (demo_knot){areas[i].at[2 * (k % n)], areas[i].at[2 * (k % n) + 1], areas[i].rough};
    TRY(demo_draw(ctx, n + 1, knot, false, 200 + (uint32_t)i, &ring));
    TRY(green_row(ctx, plan, side, kind, areas[i].access, areas[i].name));
    TRY(demo_part(ctx, &plan->sheet[side][kind == PROTECTED ? DEMO_PROTECTED : DEMO_GREEN], ring.n, ring.x, ring.y));
    if (kind == PROTECTED) continue;
    demo_fill(plan, ring.n, ring.x, ring.y, plan->cover, DEMO_IS_GREEN | (kind == LAKE ? DEMO_IS_WATER : 0), true);
    if (kind != LAKE) demo_fill(plan, ring.n, ring.x, ring.y, plan->green, (uint8_t)(i + 1), false);
  }
  return SUND_OK;
}

/* The shore as it is, and back along a line inland: means of stretches of the shore moved inland, now more, now less. */
static sund_code draw_band(sund_ctx *ctx, demo_plan *plan, size_t i, demo_line *ring) {
  const demo_sheet *land = &plan->sheet[bands[i].side][DEMO_LAND];
  size_t first = SIZE_MAX, last = 0;
  for (size_t k = 0; k < land->first_vertex[1]; k++) {
    double x = land->line.x[k] / 10, y = land->line.y[k] / 10;
    if (!(x > bands[i].west && x < bands[i].east && y > bands[i].south && y < bands[i].north)) continue;
    if (first == SIZE_MAX) first = k;
    last = k; /* a shore that leaves the box and comes back stays whole */
  }
  for (size_t k = first; k <= last; k++) TRY(demo_line_add(ctx, ring, land->line.x[k], land->line.y[k]));
  /* Inland, from the last point to the first: both of them, and the middles of stretches between. */
  size_t n = ring->n, stretch = (size_t)(bands[i].depth * 0.5), stretches = n / stretch;
  for (size_t k = stretches + 2; k-- > 0;) {
    size_t from = k > stretches ? n - 1 : k ? (k - 1) * stretch : 0, to = k > stretches ? n : k ? k * stretch : 1;
    double x = 0, y = 0;
    for (size_t m = from; m < to; m++) x += ring->x[m] / (double)(to - from), y += ring->y[m] / (double)(to - from);
    demo_to_shore(plan, bands[i].depth * (1 + 0.35 * demo_noise(300 + (uint32_t)i, x, y, 150)), &x, &y);
    TRY(demo_line_add(ctx, ring, x, y));
  }
  return demo_line_add(ctx, ring, ring->x[0], ring->y[0]);
}

static sund_code draw_bands(sund_ctx *ctx, demo_plan *plan) {
  for (size_t i = 0; i < COUNT(bands); i++) {
    bool protected = bands[i].kind == PROTECTED;
    demo_line ring = {0};
    TRY(draw_band(ctx, plan, i, &ring));
    TRY(green_row(ctx, plan, bands[i].side, bands[i].kind, bands[i].access, bands[i].name));
    TRY(demo_part(ctx, &plan->sheet[bands[i].side][protected ? DEMO_PROTECTED : DEMO_GREEN], ring.n, ring.x, ring.y));
    if (!protected) demo_fill(plan, ring.n, ring.x, ring.y, plan->cover, DEMO_IS_GREEN, true);
  }
  return SUND_OK;
}

/* Room for a green of `reach` metres around a point: all of it in one district where people live, none of it green,
 * and far from the parcels of the merging cases. */
static bool has_room(const demo_plan *plan, double x, double y, double reach) {
  uint8_t district = plan->district[demo_cell(plan, x, y)];
  if (!district || demo_district_kind(district) == DEMO_WORK) return false;
  if (hypot(x - 5385, y - 4840) < 480 || hypot(x - 12180, y - 6350) < 480) return false;
  for (int k = -3; k <= 3; k++)
    for (int m = -3; m <= 3; m++) {
      size_t cell = demo_cell(plan, x + k * reach / 3, y + m * reach / 3);
      if (plan->district[cell] != district || plan->cover[cell] & DEMO_IS_GREEN) return false;
    }
  return true;
}

/* Two ways across a small green and on to the streets around it. */
static sund_code cross_common(sund_ctx *ctx, demo_plan *plan, int side, const double middle[2], double reach) {
  double turn = demo_chance(403, (uint32_t)middle[0], (uint32_t)middle[1]) - 0.5; /* tangent of at most 27 degrees */
  double dx = reach / hypot(1, turn), dy = turn * dx;
  for (int way = 0; way < 2; way++) {
    const double x[3] = {middle[0] - (way ? dy : dx), middle[0], middle[0] + (way ? dy : dx)};
    const double y[3] = {middle[1] + (way ? dx : -dy), middle[1], middle[1] - (way ? dx : -dy)};
    TRY(demo_road_row(ctx, plan, side, DEMO_FOOT, 0, false));
    TRY(demo_part(ctx, &plan->sheet[side][DEMO_PATHS], 3, x, y));
  }
  return SUND_OK;
}

/* Small greens between the houses, about one in 400 m; streets are laid around them. */
static sund_code draw_commons(sund_ctx *ctx, demo_plan *plan) {
  static const int8_t round[7][2] = {{10, 0}, {6, 8}, {-2, 10}, {-9, 4}, {-9, -4}, {-2, -10}, {6, -8}};
  for (uint32_t i = 0; i < 30 * 45; i++) {
    double x = 400 * (i % 45 + 0.7 * demo_chance(401, i, 0)), y = 400 * (i / 45 + 0.7 * demo_chance(401, i, 1)) - 600;
    double size = 45 + 35 * demo_chance(401, i, 2);
    demo_knot knot[8];
    demo_line ring = {0};
    if (!has_room(plan, x, y, size * 1.25)) continue;
    for (uint32_t k = 0; k < 8; k++) {
      double reach = size * (0.75 + 0.5 * demo_chance(402, i, k % 7)) / 100;
      knot[k] =
          (demo_knot){(int16_t)(x / 10 + reach * round[k % 7][0]), (int16_t)(y / 10 + reach * round[k % 7][1]), 5};
    }
    int side = x < 9000 ? DEMO_DK : DEMO_SE;
    TRY(demo_draw(ctx, 8, knot, false, 5000 + i, &ring));
    TRY(green_row(ctx, plan, side, PARK, demo_chance(401, i, 3) < 0.85 ? OPEN : UNSAID, NULL));
    TRY(demo_part(ctx, &plan->sheet[side][DEMO_GREEN], ring.n, ring.x, ring.y));
    demo_fill(plan, ring.n, ring.x, ring.y, plan->cover, DEMO_IS_GREEN, true);
    TRY(cross_common(ctx, plan, side, (const double[2]){x, y}, 1.2 * size + 95));
  }
  return SUND_OK;
}

static sund_code draw_moat(sund_ctx *ctx, demo_plan *plan) {
  TRY(green_row(ctx, plan, DEMO_DK, LAKE, OPEN, "Voldgraven"));
  for (int part = 0; part < 2; part++) {
    double x[9], y[9], size = part ? 4.6 : 7;
    for (int k = 0; k < 9; k++) {
      const int8_t *corner = star[part ? (8 - k) % 8 : k % 8]; /* the hole runs clockwise */
      x[k] = fort[0] + size * corner[0];
      y[k] = fort[1] + size * corner[1];
    }
    TRY(demo_part(ctx, &plan->sheet[DEMO_DK][DEMO_GREEN], 9, x, y));
    if (!part) demo_fill(plan, 9, x, y, plan->cover, DEMO_IS_GREEN | DEMO_IS_WATER, true);
  }
  return SUND_OK;
}

sund_code demo_green_draw(sund_ctx *ctx, demo_plan *plan) {
  TRY(draw_areas(ctx, plan));
  TRY(draw_bands(ctx, plan));
  TRY(draw_moat(ctx, plan));
  TRY(draw_commons(ctx, plan));
  for (size_t i = 0; i < COUNT(gates); i++) {
    demo_sheet *sheet = &plan->sheet[gates[i].side][DEMO_ENTRANCES];
    const char *id = sund_text(ctx, "port-%02zu", i + 1);
    if (!id) return SUND_LIMIT;
    const demo_value value = {.text = id};
    TRY(demo_point(ctx, sheet, &value, 10.0 * gates[i].x, 10.0 * gates[i].y));
  }
  return SUND_OK;
}
