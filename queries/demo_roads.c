/* demo_roads.c - the demo's streets and paths.
 *
 * Main roads and the paths that hold woods and parks together are drawn by hand and curved. Districts and green areas
 * are then filled by warped lattices: rows and columns of uneven spacing, bent by noise, with edges left out where
 * something else stands, and by chance. Lines are long and are not split where they cross, as in many registers; both
 * sides hold the faults that such registers have (planted, below). Order: roads_draw draws hand-made lines, shore paths,
 * lattices of districts, lattices of green areas, planted lines. */
#include <math.h>
#include <string.h>

#include "demo.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static const struct { const char *name[DEMO_SIDES]; double speed; /* km/h, NAN = none stated */ } classes[] = {
  {{"hovedvej", "huvudled"}, 50},  {{"landevej", "landsv\303\244g"}, 80}, {{"lokalvej", "lokalgata"}, 40},
  {{"cykelsti", "cykelv\303\244g"}, NAN}, {{"sti", "g\303\245ngv\303\244g"}, NAN}, {{"trappe", "trappa"}, NAN}};

/* side, class, level (bridge 1, tunnel -1), number of points, points in tens of metres */
static const struct { uint8_t side, class; int8_t level; uint8_t n; int16_t at[34]; } roads[] = {
  /* Nordsund and Egholm: king's road, shore road, north road, ring, roads west and between the villages */
  {DEMO_DK, DEMO_COUNTRY, 0, 8, {16, 556, 110, 574, 178, 584, 232, 582, 292, 570, 345, 578, 400, 586, 445, 620}},
  {DEMO_DK, DEMO_MAIN, 0, 6, {445, 620, 478, 672, 520, 688, 556, 716, 578, 762, 600, 790}},
  {DEMO_DK, DEMO_MAIN, 0, 13, {600, 868, 606, 830, 600, 790, 608, 735, 598, 680, 583, 640, 572, 600, 570, 560, 576, 520, 572, 475, 548, 428, 524, 390, 518, 350}},
  {DEMO_DK, DEMO_COUNTRY, 0, 9, {518, 350, 522, 310, 528, 280, 522, 250, 520, 210, 505, 170, 492, 110, 486, 40, 478, -56}},
  {DEMO_DK, DEMO_MAIN, 0, 6, {606, 830, 575, 858, 520, 872, 455, 862, 400, 850, 352, 840}},
  {DEMO_DK, DEMO_COUNTRY, 0, 6, {352, 840, 318, 862, 262, 886, 180, 890, 90, 862, 16, 852}},
  {DEMO_DK, DEMO_MAIN, 0, 9, {352, 840, 352, 790, 385, 745, 418, 690, 430, 668, 462, 630, 466, 560, 478, 490, 520, 440}},
  {DEMO_DK, DEMO_MAIN, 0, 2, {520, 440, 548, 428}},
  {DEMO_DK, DEMO_COUNTRY, 0, 9, {522, 250, 480, 262, 430, 238, 398, 216, 330, 222, 265, 210, 190, 196, 110, 206, 16, 190}},
  {DEMO_DK, DEMO_COUNTRY, 0, 7, {232, 582, 262, 520, 278, 460, 268, 390, 272, 320, 262, 262, 265, 210}},
  {DEMO_DK, DEMO_MAIN, 0, 4, {418, 690, 470, 765, 520, 800, 600, 830}},
  {DEMO_DK, DEMO_COUNTRY, 0, 5, {466, 560, 420, 520, 400, 470, 450, 440, 520, 440}},
  /* the road over Byparken, on a bridge, and the footbridge over the shore road */
  {DEMO_DK, DEMO_MAIN, 0, 3, {430, 668, 455, 700, 484, 716}},
  {DEMO_DK, DEMO_MAIN, 1, 3, {484, 716, 520, 722, 554, 730}},
  {DEMO_DK, DEMO_MAIN, 0, 3, {554, 730, 578, 738, 608, 735}},
  {DEMO_DK, DEMO_FOOT, 1, 2, {560, 584, 582, 580}},
  /* paths of Nordskoven, Graenseskoven, Herregaardsskoven, Stormosen, Byparken, the fort and the island */
  {DEMO_DK, DEMO_FOOT, 0, 7, {262, 886, 254, 820, 222, 790, 218, 730, 240, 690, 226, 640, 232, 582}},
  {DEMO_DK, DEMO_CYCLE, 0, 6, {16, 700, 150, 712, 218, 730, 290, 712, 350, 706, 418, 690}},
  {DEMO_DK, DEMO_FOOT, 0, 5, {268, 390, 330, 378, 390, 400, 440, 410, 524, 390}},
  {DEMO_DK, DEMO_CYCLE, 0, 5, {400, 470, 385, 420, 370, 350, 360, 310, 398, 216}},
  {DEMO_DK, DEMO_FOOT, 0, 4, {278, 460, 320, 505, 370, 520, 420, 520}},
  {DEMO_DK, DEMO_FOOT, 0, 4, {345, 578, 352, 596, 368, 640, 418, 690}},
  {DEMO_DK, DEMO_FOOT, 0, 4, {520, 688, 516, 712, 524, 736, 520, 800}},
  {DEMO_DK, DEMO_FOOT, 0, 6, {600, 868, 622, 880, 640, 884, 652, 880, 646, 862, 640, 850}},
  {DEMO_DK, DEMO_FOOT, 0, 3, {480, 262, 500, 266, 518, 280}},
  {DEMO_DK, DEMO_FOOT, 0, 6, {641, 170, 655, 188, 680, 196, 704, 182, 706, 160, 680, 150}},
  {DEMO_DK, DEMO_MAIN, 0, 2, {602, 802, 641, 801}},
  {DEMO_DK, DEMO_STEPS, 0, 2, {583, 640, 592, 640}},
  {DEMO_DK, DEMO_FOOT, 0, 3, {486, 40, 470, 100, 492, 110}},
  {DEMO_DK, DEMO_FOOT, 0, 4, {330, 222, 336, 250, 338, 290, 366, 312}},
  {DEMO_DK, DEMO_FOOT, 0, 4, {265, 210, 270, 165, 290, 130, 330, 110}},
  /* Sundvik and Ekeby: shore road, roads east, north-east and south-east, ring */
  {DEMO_SE, DEMO_COUNTRY, 0, 6, {1062, 1136, 1070, 1080, 1066, 1030, 1084, 990, 1118, 962, 1128, 925}},
  {DEMO_SE, DEMO_MAIN, 0, 9, {1128, 925, 1116, 888, 1108, 850, 1122, 815, 1146, 785, 1152, 745, 1150, 700, 1158, 650, 1170, 620}},
  {DEMO_SE, DEMO_MAIN, 0, 5, {1170, 620, 1192, 590, 1200, 550, 1192, 515, 1182, 480}},
  {DEMO_SE, DEMO_COUNTRY, 0, 10, {1182, 480, 1186, 430, 1184, 390, 1206, 356, 1240, 322, 1252, 260, 1240, 195, 1236, 130, 1252, 40, 1260, -56}},
  {DEMO_SE, DEMO_MAIN, 0, 6, {1152, 745, 1210, 748, 1275, 742, 1345, 750, 1410, 756, 1470, 748}},
  {DEMO_SE, DEMO_COUNTRY, 0, 5, {1470, 748, 1530, 752, 1600, 730, 1680, 736, 1784, 715}},
  {DEMO_SE, DEMO_MAIN, 0, 4, {1146, 785, 1190, 812, 1225, 828, 1295, 822}},
  {DEMO_SE, DEMO_COUNTRY, 0, 6, {1295, 822, 1362, 846, 1400, 905, 1416, 960, 1424, 1040, 1450, 1136}},
  {DEMO_SE, DEMO_MAIN, 0, 4, {1158, 650, 1225, 660, 1290, 630, 1335, 606}},
  {DEMO_SE, DEMO_COUNTRY, 0, 9, {1335, 606, 1405, 582, 1450, 556, 1486, 500, 1482, 430, 1516, 360, 1532, 250, 1556, 120, 1590, -56}},
  {DEMO_SE, DEMO_COUNTRY, 0, 5, {1240, 195, 1310, 178, 1370, 196, 1440, 250, 1516, 360}},
  {DEMO_SE, DEMO_MAIN, 0, 5, {1295, 822, 1348, 806, 1352, 750, 1340, 690, 1335, 606}},
  {DEMO_SE, DEMO_COUNTRY, 0, 6, {1335, 606, 1310, 540, 1280, 470, 1262, 410, 1240, 360, 1240, 322}},
  {DEMO_SE, DEMO_COUNTRY, 0, 5, {1416, 960, 1340, 984, 1260, 992, 1180, 985, 1118, 962}},
  {DEMO_SE, DEMO_MAIN, 0, 3, {1152, 745, 1136, 750, 1120, 750}},
  {DEMO_SE, DEMO_LOCAL, 0, 3, {1218, 612, 1218, 640, 1225, 660}},
  /* the tunnel under the road east, the bridge over the ring, paths of woods and parks */
  {DEMO_SE, DEMO_FOOT, -1, 2, {1252, 736, 1254, 758}},
  {DEMO_SE, DEMO_CYCLE, 1, 2, {1336, 655, 1358, 662}},
  {DEMO_SE, DEMO_FOOT, 0, 5, {1530, 752, 1520, 690, 1560, 640, 1550, 590, 1486, 500}},
  {DEMO_SE, DEMO_FOOT, 0, 5, {1600, 730, 1590, 800, 1560, 870, 1500, 890, 1400, 905}},
  {DEMO_SE, DEMO_FOOT, 0, 5, {1225, 828, 1262, 866, 1300, 900, 1290, 950, 1260, 992}},
  {DEMO_SE, DEMO_CYCLE, 0, 4, {1300, 900, 1345, 890, 1380, 880, 1400, 905}},
  {DEMO_SE, DEMO_FOOT, 0, 5, {1280, 470, 1330, 460, 1390, 450, 1436, 440, 1482, 430}},
  {DEMO_SE, DEMO_FOOT, 0, 4, {1310, 540, 1350, 520, 1370, 470, 1360, 400}},
  {DEMO_SE, DEMO_FOOT, 0, 3, {1160, 772, 1176, 784, 1190, 812}},
  {DEMO_SE, DEMO_FOOT, 0, 4, {1310, 178, 1340, 130, 1370, 100, 1420, 90}},
  {DEMO_SE, DEMO_FOOT, 0, 5, {1440, 250, 1428, 285, 1436, 315, 1470, 332, 1516, 360}},
  {DEMO_SE, DEMO_FOOT, 0, 4, {1182, 480, 1165, 450, 1152, 415, 1184, 390}},
  {DEMO_SE, DEMO_FOOT, 0, 4, {1070, 1080, 1120, 1062, 1200, 1030, 1260, 992}},
  {DEMO_SE, DEMO_FOOT, 0, 4, {1424, 1040, 1480, 1035, 1530, 1030, 1590, 1040}},
  {DEMO_SE, DEMO_STEPS, 0, 2, {1176, 784, 1192, 784}},
};

/* Shore paths: roughly where, and then `inland` metres from the shore. */
static const struct { uint8_t side, n; double inland; int16_t at[20]; } shore_paths[] = {
  {DEMO_DK, 9, 45, {90, 880, 180, 905, 270, 902, 345, 874, 415, 872, 480, 895, 535, 915, 585, 912, 615, 900}},
  {DEMO_DK, 8, 35, {628, 744, 620, 725, 622, 695, 609, 650, 594, 620, 586, 590, 586, 565, 590, 540}},
  {DEMO_DK, 9, 40, {590, 540, 600, 505, 590, 465, 560, 428, 534, 395, 532, 350, 548, 312, 562, 282, 556, 258}},
  {DEMO_DK, 5, 40, {545, 225, 553, 195, 525, 150, 514, 100, 520, 50}},
  {DEMO_SE, 8, 40, {1044, 1075, 1042, 1030, 1066, 992, 1099, 964, 1112, 925, 1099, 890, 1084, 855, 1096, 820}},
  {DEMO_SE, 8, 38, {1142, 690, 1144, 660, 1160, 622, 1173, 597, 1178, 570, 1176, 540, 1168, 515, 1160, 487}},
  {DEMO_SE, 9, 40, {1160, 487, 1168, 450, 1144, 415, 1139, 390, 1158, 366, 1192, 339, 1219, 302, 1229, 260, 1219, 222}},
  {DEMO_SE, 4, 40, {1216, 155, 1209, 120, 1232, 70, 1230, 20}},
};

/* Districts: kind, turn of the lattice in degrees, outline. */
static const struct { uint8_t side, kind; int16_t turn; uint8_t n; int16_t at[16]; } districts[] = {
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
static const struct { double across, along, bend, less_across, less_along; } layouts[] = {
  [DEMO_OLD] = {74, 58, 34, 0.10, 0.12},    [DEMO_VILLA] = {128, 74, 95, 0.38, 0.08},
  [DEMO_ROW] = {108, 62, 40, 0.42, 0.05},   [DEMO_BLOCK] = {128, 112, 45, 0.12, 0.12},
  [DEMO_WORK] = {190, 140, 40, 0.20, 0.10}, [DEMO_VILLAGE] = {150, 105, 120, 0.30, 0.25}};

/* Green areas with paths of their own, found by a point inside: tens of metres, spacing in metres. */
static const struct { int16_t x, y; double spacing; } trails[] = {
  {200, 700, 310}, {350, 380, 290}, {340, 510, 260}, {515, 712, 85}, {70, 360, 300}, {500, 650, 70},  {630, 884, 60},
  {505, 268, 60},  {395, 820, 70},  {430, 130, 250}, {1560, 640, 330}, {1300, 900, 270}, {1360, 450, 280},
  {1245, 740, 75}, {1176, 785, 65}, {1290, 200, 65}, {1410, 780, 80}, {1345, 110, 240}, {1370, 700, 70},
  {1500, 1030, 260}, {450, 832, 60}, {1316, 786, 70}, {1200, 1030, 220}, {1360, 555, 200}};

/* Lines with the faults and features of real registers, in metres. See docs/demo.md. */
static const struct { uint8_t side, class; int8_t level; double at[4]; } planted[] = {
  {DEMO_DK, DEMO_LOCAL, 0, {4000.2, 5860.2, 4040, 5920}},   /* ends 0.3 m short of the king's road          */
  {DEMO_DK, DEMO_FOOT, 0, {4180.3, 6900, 4240, 6890}},      /* the same on the ring road                    */
  {DEMO_DK, DEMO_LOCAL, 0, {2681.9, 3900, 2760, 3880}},     /* 1.9 m short of the village road: a near miss */
  {DEMO_DK, DEMO_FOOT, 0, {1500, 4560, 1600, 4590}},        /* leads from nowhere to nowhere                */
  {DEMO_SE, DEMO_LOCAL, 0, {14050.2, 5820.2, 14090, 5890}}, /* 0.3 m short                                  */
  {DEMO_SE, DEMO_LOCAL, 0, {14861.9, 5000, 14950, 5010}},   /* 1.9 m short                                  */
  {DEMO_SE, DEMO_FOOT, 0, {15900, 4300, 16010, 4350}},      /* leads from nowhere to nowhere                */
};

/* Where no lane may come, metres: around Stilleskoven, the lonely homes and footways, and the inner basin. */
static const double still[][4] = {{1400, 3850, 2560, 5300},   {1700, 2600, 2500, 3300},   {4660, 5500, 5160, 6240},
                                  {15500, 3950, 16300, 4600}, {13250, 5900, 13750, 6250}, {1500, 6500, 3300, 8500}};

int demo_district_kind(uint8_t district) {
  return districts[district - 1].kind;
}

static sund_code road_row(sund_ctx *ctx, demo_plan *plan, int side, int class, int level, bool one_way) {
  const demo_value value[] = {{.text = classes[class].name[side]}, {.integer = level}, {.real = classes[class].speed},
                              {.text = one_way ? "ja" : "nej"}};
  return demo_row(ctx, &plan->sheet[side][DEMO_PATHS], value);
}

static sund_code add_line(sund_ctx *ctx, demo_plan *plan, int side, int class, int level, const demo_line *line) {
  TRY(road_row(ctx, plan, side, class, level, false));
  TRY(demo_part(ctx, &plan->sheet[side][DEMO_PATHS], line->n, line->x, line->y));
  for (size_t i = 0; i + 1 < line->n; i++)
    for (double t = 0; t <= 1; t += 0.125)
      for (int k = 0; k < 9; k++) {
        double x = line->x[i] + t * (line->x[i + 1] - line->x[i]) + DEMO_CELL * (k % 3 - 1);
        double y = line->y[i] + t * (line->y[i + 1] - line->y[i]) + DEMO_CELL * (k / 3 - 1);
        plan->cover[demo_cell(plan, x, y)] |= DEMO_IS_ROAD;
      }
  return SUND_OK;
}

/* ---------------------------------------------------------------------------------------------------- lattices */

/* A lattice of SIZE x SIZE nodes around a middle. */
enum { SIZE = 72 };
typedef struct lattice {
  uint8_t side, class;
  bool trail;                 /* through the green area `id`, else through the district  */
  uint8_t id;
  uint32_t seed;
  double x[SIZE * SIZE], y[SIZE * SIZE];
  uint8_t edge[2][SIZE * SIZE]; /* 0: to the next column, 1: to the next row             */
  uint16_t root[SIZE * SIZE], edges[SIZE * SIZE]; /* joined nodes and their edges        */
} lattice;

static void place_nodes(lattice *l, double x, double y, double turn, const double spacing[2], double bend) {
  double cosine = rint(cos(turn) * 1e6) / 1e6, sine = rint(sin(turn) * 1e6) / 1e6;
  for (uint32_t k = 0; k < SIZE; k++)
    for (uint32_t i = 0; i < SIZE; i++) {
      double u = spacing[0] * ((double)i - SIZE / 2 + 0.5 * demo_chance(l->seed, 1, i));
      double v = spacing[1] * ((double)k - SIZE / 2 + 0.45 * demo_chance(l->seed, 2, k));
      double px = x + u * cosine - v * sine, py = y + u * sine + v * cosine;
      l->x[k * SIZE + i] = px + bend * demo_noise(l->seed + 1, px, py, 420) + 0.3 * bend * demo_noise(l->seed + 2, px, py, 130);
      l->y[k * SIZE + i] = py + bend * demo_noise(l->seed + 3, px, py, 420) + 0.3 * bend * demo_noise(l->seed + 4, px, py, 130);
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
    if (!l->id && (!plan->commune[cell] || cover & DEMO_IS_STILL)) return false;
    on_road += (cover & DEMO_IS_ROAD) != 0;
  }
  if (on_road * 5 > 3 * steps) return false; /* beside a road that is there already */
  return l->trail ? inside * 3 > steps : inside * 5 > 4 * steps;
}

static uint16_t root_of(lattice *l, uint16_t node) {
  while (l->root[node] != node) node = l->root[node] = l->root[l->root[node]];
  return node;
}

/* Keeps the edges that can be built and are not left out by chance, then takes away crumbs of one or two edges. */
static void choose_edges(const demo_plan *plan, lattice *l, const double less[2]) {
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
      if (l->edge[way][i] && l->edges[root_of(l, i)] < 3) l->edge[way][i] = 0;
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
        if (n > 1) TRY(road_row(ctx, plan, l->side, l->class, 0, single));
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
  for (size_t k = 0; k < districts[i].n; k++) x += 10.0 * districts[i].at[2 * k], y += 10.0 * districts[i].at[2 * k + 1];
  l->side = districts[i].side, l->class = DEMO_LOCAL, l->trail = false, l->id = (uint8_t)(i + 1);
  l->seed = 1000 + 16 * (uint32_t)i;
  const double spacing[2] = {layouts[kind].across, layouts[kind].along};
  const double less[2] = {layouts[kind].less_along, layouts[kind].less_across};
  place_nodes(l, x / districts[i].n, y / districts[i].n, districts[i].turn * 0.017453292519943295, spacing,
              layouts[kind].bend);
  choose_edges(plan, l, less);
  return add_runs(ctx, plan, l, 60, kind == DEMO_OLD);
}

/* Lanes between the fields: a wide lattice over all of a side that keeps out of districts and green areas. */
static sund_code draw_lanes(sund_ctx *ctx, demo_plan *plan, lattice *l, int side) {
  static const double spacing[2] = {450, 400}, less[2] = {0.30, 0.42};
  l->side = (uint8_t)side, l->class = DEMO_LOCAL, l->trail = false, l->id = 0, l->seed = 4000 + 16 * (uint32_t)side;
  place_nodes(l, side == DEMO_DK ? 3500 : 13800, 5200, side == DEMO_DK ? 0.15 : -0.2, spacing, 150);
  choose_edges(plan, l, less);
  return add_runs(ctx, plan, l, 40, false);
}

static sund_code draw_trail(sund_ctx *ctx, demo_plan *plan, lattice *l, size_t i) {
  double x = 10.0 * trails[i].x, y = 10.0 * trails[i].y;
  const double spacing[2] = {trails[i].spacing * 1.15, trails[i].spacing}, less[2] = {0.16, 0.22};
  l->side = x < 9000 ? DEMO_DK : DEMO_SE, l->class = DEMO_FOOT, l->trail = true;
  l->id = plan->green[demo_cell(plan, x, y)];
  l->seed = 3000 + 16 * (uint32_t)i;
  place_nodes(l, x, y, 0.3 + demo_chance(l->seed, 5, 5), spacing, 0.55 * trails[i].spacing);
  choose_edges(plan, l, less);
  return add_runs(ctx, plan, l, 40, false);
}

/* ------------------------------------------------------------------------------------------------------- drawing */

static sund_code draw_hand(sund_ctx *ctx, demo_plan *plan) {
  for (size_t i = 0; i < COUNT(roads); i++) {
    demo_line line = {0};
    TRY(demo_curve(ctx, roads[i].n, roads[i].at, 35, &line));
    TRY(add_line(ctx, plan, roads[i].side, roads[i].class, roads[i].level, &line));
  }
  for (size_t i = 0; i < COUNT(shore_paths); i++) {
    demo_line line = {0};
    TRY(demo_curve(ctx, shore_paths[i].n, shore_paths[i].at, 45, &line));
    for (size_t k = 0; k < line.n; k++) demo_to_shore(plan, shore_paths[i].inland, line.x + k, line.y + k);
    TRY(add_line(ctx, plan, shore_paths[i].side, DEMO_FOOT, 0, &line));
  }
  return SUND_OK;
}

sund_code demo_roads_draw(sund_ctx *ctx, demo_plan *plan) {
  lattice *l = sund_alloc(ctx, 1, sizeof *l);
  if (!l) return SUND_LIMIT;
  for (size_t i = 0; i < COUNT(districts); i++) {
    double x[8], y[8];
    for (size_t k = 0; k < districts[i].n; k++)
      x[k] = 10.0 * districts[i].at[2 * k], y[k] = 10.0 * districts[i].at[2 * k + 1];
    demo_fill(plan, districts[i].n, x, y, plan->district, (uint8_t)(i + 1), false);
  }
  for (size_t i = 0; i < COUNT(still); i++) {
    const double x[4] = {still[i][0], still[i][2], still[i][2], still[i][0]};
    const double y[4] = {still[i][1], still[i][1], still[i][3], still[i][3]};
    demo_fill(plan, 4, x, y, plan->cover, DEMO_IS_STILL, true);
  }
  TRY(draw_hand(ctx, plan));
  for (size_t i = 0; i < COUNT(districts); i++) TRY(draw_district(ctx, plan, l, i));
  for (int side = 0; side < DEMO_SIDES; side++) TRY(draw_lanes(ctx, plan, l, side));
  for (size_t i = 0; i < COUNT(trails); i++) TRY(draw_trail(ctx, plan, l, i));
  for (size_t i = 0; i < COUNT(planted); i++) {
    double x[2] = {planted[i].at[0], planted[i].at[2]}, y[2] = {planted[i].at[1], planted[i].at[3]};
    demo_line line = {2, 2, x, y};
    TRY(add_line(ctx, plan, planted[i].side, planted[i].class, planted[i].level, &line));
  }
  return SUND_OK;
}
