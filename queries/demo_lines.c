/* demo_lines.c - the demo's streets and paths that are drawn by hand: main roads, country roads, bridges and a tunnel,
 * the shore paths, the ways through woods and parks; and short lines with the faults that real registers have. */
#include <math.h>

#include "demo.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static const struct {
  const char *name[DEMO_SIDES];
  double speed; /* km/h, NAN = none stated */
} classes[] = {{{"hovedvej", "huvudled"}, 50},          {{"landevej", "landsv\303\244g"}, 80},
               {{"lokalvej", "lokalgata"}, 40},         {{"cykelsti", "cykelv\303\244g"}, NAN},
               {{"sti", "g\303\245ngv\303\244g"}, NAN}, {{"trappe", "trappa"}, NAN}};

/* side, class, level (bridge 1, tunnel -1), number of points, points in tens of metres */
static const struct {
  uint8_t side, class;
  int8_t level;
  uint8_t n;
  int16_t at[34];
} roads[] = {
    /* Nordsund and Egholm: king's road, shore road, north road, ring, roads west and between the villages */
    {DEMO_DK, DEMO_COUNTRY, 0, 8, {16, 556, 110, 574, 178, 584, 232, 582, 292, 570, 345, 578, 400, 586, 445, 620}},
    {DEMO_DK, DEMO_MAIN, 0, 6, {445, 620, 478, 672, 520, 688, 556, 716, 578, 762, 600, 790}},
    {DEMO_DK, DEMO_MAIN, 0, 13, {600, 868, 606, 830, 600, 790, 608, 735, 598, 680, 583, 640, 572,
                                 600, 570, 560, 576, 520, 572, 475, 548, 428, 524, 390, 518, 350}},
    {DEMO_DK,
     DEMO_COUNTRY,
     0,
     9,
     {518, 350, 522, 310, 528, 280, 522, 250, 520, 210, 505, 170, 492, 110, 486, 40, 478, -56}},
    {DEMO_DK, DEMO_MAIN, 0, 6, {606, 830, 575, 858, 520, 872, 455, 862, 400, 850, 352, 840}},
    {DEMO_DK, DEMO_COUNTRY, 0, 6, {352, 840, 318, 862, 262, 886, 180, 890, 90, 862, 16, 852}},
    {DEMO_DK,
     DEMO_MAIN,
     0,
     9,
     {352, 840, 352, 790, 385, 745, 418, 690, 430, 668, 462, 630, 466, 560, 478, 490, 520, 440}},
    {DEMO_DK, DEMO_MAIN, 0, 2, {520, 440, 548, 428}},
    {DEMO_DK,
     DEMO_COUNTRY,
     0,
     9,
     {522, 250, 480, 262, 430, 238, 398, 216, 330, 222, 265, 210, 190, 196, 110, 206, 16, 190}},
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
    {DEMO_DK, DEMO_STEPS, 0, 2, {583, 640, 609, 641}},
    {DEMO_DK, DEMO_FOOT, 0, 3, {486, 40, 470, 100, 492, 110}},
    {DEMO_DK, DEMO_FOOT, 0, 4, {330, 222, 336, 250, 338, 290, 366, 312}},
    {DEMO_DK, DEMO_FOOT, 0, 4, {265, 210, 270, 165, 290, 130, 330, 110}},
    /* Sundvik and Ekeby: shore road, roads east, north-east and south-east, ring */
    {DEMO_SE, DEMO_COUNTRY, 0, 6, {1062, 1136, 1070, 1080, 1066, 1030, 1084, 990, 1118, 962, 1128, 925}},
    {DEMO_SE,
     DEMO_MAIN,
     0,
     9,
     {1128, 925, 1116, 888, 1108, 850, 1122, 815, 1146, 785, 1152, 745, 1150, 700, 1158, 650, 1170, 620}},
    {DEMO_SE, DEMO_MAIN, 0, 5, {1170, 620, 1192, 590, 1200, 550, 1192, 515, 1182, 480}},
    {DEMO_SE, DEMO_COUNTRY, 0, 10, {1182, 480, 1186, 430, 1184, 390, 1206, 356, 1240, 322,
                                    1252, 260, 1240, 195, 1236, 130, 1252, 40,  1260, -56}},
    {DEMO_SE, DEMO_MAIN, 0, 6, {1152, 745, 1210, 748, 1275, 742, 1345, 750, 1410, 756, 1470, 748}},
    {DEMO_SE, DEMO_COUNTRY, 0, 5, {1470, 748, 1530, 752, 1600, 730, 1680, 736, 1784, 715}},
    {DEMO_SE, DEMO_MAIN, 0, 4, {1146, 785, 1190, 812, 1225, 828, 1295, 822}},
    {DEMO_SE, DEMO_COUNTRY, 0, 6, {1295, 822, 1362, 846, 1400, 905, 1416, 960, 1424, 1040, 1450, 1136}},
    {DEMO_SE, DEMO_MAIN, 0, 4, {1158, 650, 1225, 660, 1290, 630, 1335, 606}},
    {DEMO_SE,
     DEMO_COUNTRY,
     0,
     9,
     {1335, 606, 1405, 582, 1450, 556, 1486, 500, 1482, 430, 1516, 360, 1532, 250, 1556, 120, 1590, -56}},
    {DEMO_SE, DEMO_COUNTRY, 0, 5, {1240, 195, 1310, 178, 1370, 196, 1440, 250, 1516, 360}},
    {DEMO_SE, DEMO_MAIN, 0, 5, {1295, 822, 1348, 806, 1352, 750, 1340, 690, 1335, 606}},
    {DEMO_SE, DEMO_COUNTRY, 0, 6, {1335, 606, 1310, 540, 1280, 470, 1262, 410, 1240, 360, 1240, 322}},
    {DEMO_SE, DEMO_COUNTRY, 0, 5, {1416, 960, 1340, 984, 1260, 992, 1180, 985, 1118, 962}},
    {DEMO_SE, DEMO_MAIN, 0, 3, {1152, 745, 1136, 750, 1120, 750}},
    {DEMO_SE, DEMO_LOCAL, 0, 3, {1218, 612, 1218, 640, 1225, 660}},
    /* the tunnel under the road east, the bridge over the ring, paths of woods and parks */
    {DEMO_SE, DEMO_FOOT, -1, 2, {1250, 728, 1252, 762}},
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
    /* links between all these, the shore and the trails of green areas */
    {DEMO_DK, DEMO_FOOT, 0, 5, {505, 170, 470, 150, 430, 128, 400, 150, 398, 216}},
    {DEMO_DK, DEMO_LOCAL, 0, 6, {110, 206, 90, 290, 70, 360, 80, 430, 128, 480, 178, 584}},
    {DEMO_DK, DEMO_FOOT, 0, 2, {440, 858, 442, 879}},
    {DEMO_DK, DEMO_FOOT, 0, 3, {575, 858, 570, 890, 572, 922}},
    {DEMO_DK, DEMO_FOOT, 0, 3, {400, 850, 396, 825, 392, 800}},
    {DEMO_DK, DEMO_FOOT, 0, 3, {455, 862, 452, 830, 440, 800}},
    {DEMO_DK, DEMO_LOCAL, 0, 3, {465, 572, 488, 570, 508, 570}},
    {DEMO_DK, DEMO_FOOT, 0, 3, {572, 475, 588, 477, 598, 478}},
    {DEMO_DK, DEMO_FOOT, 0, 2, {536, 587, 560, 584}},
    {DEMO_DK, DEMO_FOOT, 0, 2, {582, 580, 588, 580}},
    {DEMO_DK, DEMO_FOOT, 0, 3, {606, 860, 628, 876, 646, 862}},
    {DEMO_DK, DEMO_FOOT, 0, 3, {520, 210, 545, 206, 558, 204}},
    {DEMO_SE, DEMO_FOOT, 0, 3, {1236, 130, 1222, 126, 1207, 122}},
    {DEMO_SE, DEMO_FOOT, 0, 3, {1310, 178, 1294, 198, 1285, 225}},
    {DEMO_SE, DEMO_LOCAL, 0, 3, {1240, 322, 1255, 326, 1268, 327}},
    {DEMO_SE, DEMO_FOOT, 0, 2, {1154, 670, 1140, 670}},
    {DEMO_SE, DEMO_LOCAL, 0, 3, {1339, 673, 1318, 672, 1298, 670}},
    {DEMO_SE, DEMO_CYCLE, 0, 2, {1318, 672, 1336, 655}},
    {DEMO_SE, DEMO_CYCLE, 0, 2, {1358, 662, 1376, 668}},
    {DEMO_SE, DEMO_LOCAL, 0, 3, {1405, 582, 1400, 620, 1395, 665}},
    {DEMO_SE, DEMO_FOOT, 0, 4, {1346, 720, 1362, 705, 1385, 690, 1395, 665}},
    {DEMO_SE, DEMO_LOCAL, 0, 3, {1225, 660, 1222, 700, 1215, 748}},
    {DEMO_SE, DEMO_FOOT, 0, 4, {1252, 762, 1248, 780, 1246, 800, 1244, 828}},
    {DEMO_SE, DEMO_FOOT, 0, 2, {1246, 695, 1250, 728}},
    {DEMO_SE, DEMO_LOCAL, 0, 3, {1306, 626, 1309, 608, 1310, 594}},
    {DEMO_SE, DEMO_FOOT, 0, 2, {1118, 962, 1096, 963}},
    {DEMO_DK, DEMO_FOOT, 0, 3, {518, 350, 530, 353, 538, 353}},
    {DEMO_DK, DEMO_FOOT, 0, 2, {352, 840, 352, 879}},
    {DEMO_DK, DEMO_FOOT, 0, 2, {598, 680, 622, 682}},
    {DEMO_DK, DEMO_FOOT, 0, 3, {318, 862, 312, 872, 310, 890}},
    {DEMO_SE, DEMO_FOOT, 0, 2, {1128, 925, 1106, 926}},
    {DEMO_SE, DEMO_FOOT, 0, 3, {1252, 260, 1238, 262, 1224, 262}},
    {DEMO_SE, DEMO_FOOT, 0, 3, {1240, 322, 1222, 314, 1206, 312}},
    {DEMO_SE, DEMO_FOOT, 0, 3, {1410, 756, 1410, 780, 1412, 805}},
};

/* Shore paths: roughly where, and then `inland` metres from the shore. */
static const struct {
  uint8_t side, n;
  double inland;
  int16_t at[20];
} shore_paths[] = {
    {DEMO_DK, 9, 45, {90, 880, 180, 905, 270, 902, 345, 874, 415, 872, 480, 895, 535, 915, 585, 912, 615, 900}},
    {DEMO_DK, 8, 40, {628, 744, 620, 725, 622, 695, 609, 650, 594, 620, 586, 590, 586, 565, 590, 540}},
    {DEMO_DK, 9, 40, {590, 540, 600, 505, 590, 465, 560, 428, 534, 395, 532, 350, 548, 312, 562, 282, 556, 258}},
    {DEMO_DK, 5, 40, {545, 225, 553, 195, 525, 150, 514, 100, 520, 50}},
    {DEMO_SE, 8, 40, {1044, 1075, 1042, 1030, 1066, 992, 1099, 964, 1112, 925, 1099, 890, 1084, 855, 1096, 820}},
    {DEMO_SE, 8, 40, {1142, 690, 1144, 660, 1160, 622, 1173, 597, 1178, 570, 1176, 540, 1168, 515, 1160, 487}},
    {DEMO_SE,
     9,
     40,
     {1160, 487, 1168, 450, 1144, 415, 1139, 390, 1158, 366, 1192, 339, 1219, 302, 1229, 260, 1219, 222}},
    {DEMO_SE, 4, 40, {1216, 155, 1209, 120, 1232, 70, 1230, 20}},
};

/* Lines with the faults and features of real registers, in metres. See docs/demo.md. */
static const struct {
  uint8_t side, class;
  int8_t level;
  double at[4];
} planted[] = {
    {DEMO_DK, DEMO_LOCAL, 0, {4000.2, 5860.2, 4040, 5920}},   /* ends 0.3 m short of the king's road          */
    {DEMO_DK, DEMO_FOOT, 0, {4180.3, 6900, 4240, 6890}},      /* the same on the ring road                    */
    {DEMO_DK, DEMO_LOCAL, 0, {2681.9, 3900, 2760, 3880}},     /* 1.9 m short of the village road: a near miss */
    {DEMO_DK, DEMO_FOOT, 0, {1430, 4560, 1530, 4590}},        /* leads from nowhere to nowhere                */
    {DEMO_SE, DEMO_LOCAL, 0, {14050.2, 5820.2, 14090, 5890}}, /* 0.3 m short                                  */
    {DEMO_SE, DEMO_LOCAL, 0, {14861.9, 5000, 14950, 5010}},   /* 1.9 m short                                  */
    {DEMO_SE, DEMO_FOOT, 0, {15900, 4300, 16010, 4350}},      /* leads from nowhere to nowhere                */
};

sund_code demo_road_row(sund_ctx *ctx, demo_plan *plan, int side, int class, int level, bool one_way) {
  const demo_value value[] = {{.text = classes[class].name[side]},
                              {.integer = level},
                              {.real = classes[class].speed},
                              {.text = one_way ? "ja" : "nej"}};
  return demo_row(ctx, &plan->sheet[side][DEMO_PATHS], value);
}

static sund_code add_line(sund_ctx *ctx, demo_plan *plan, int side, int class, int level, const demo_line *line) {
  TRY(demo_road_row(ctx, plan, side, class, level, false));
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

sund_code demo_lines_draw(sund_ctx *ctx, demo_plan *plan) {
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
  for (size_t i = 0; i < COUNT(planted); i++) {
    double x[2] = {planted[i].at[0], planted[i].at[2]}, y[2] = {planted[i].at[1], planted[i].at[3]};
    demo_line line = {2, 2, x, y};
    TRY(add_line(ctx, plan, planted[i].side, planted[i].class, planted[i].level, &line));
  }
  return SUND_OK;
}
