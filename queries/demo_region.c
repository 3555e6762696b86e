/* demo_region.c - the shape of the demo's place: two shores with bays, headlands, islands and harbours, and the four
 * municipalities. Land comes first, then the distance to the shore that everything else is drawn by. */
#include <math.h>

#include "demo.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* ------------------------------------------------------------------------------------------ knots, tens of metres */

/* The Danish side, from the plan's south-west corner clockwise: north coast, fort, harbour, low quarter, Egholm. */
static const demo_knot dk_main[] = {
    {15, -56, 0},   {15, 870, 22},  {90, 883, 22},  {180, 912, 22}, {270, 908, 10}, {345, 880, 8},  {415, 879, 9},
    {480, 901, 22}, {535, 923, 26}, {585, 918, 23}, {620, 902, 22}, {642, 896, 0},  {656, 890, 0},  {670, 876, 0},
    {664, 860, 0},  {648, 852, 0},  {633, 848, 0},  {630, 838, 0},  {629, 806, 0},  {642, 804, 0},  {642, 798, 0},
    {628, 797, 0},  {626, 770, 0},  {633, 769, 0},  {634, 756, 19}, {623, 730, 22}, {626, 695, 10}, {613, 650, 8},
    {598, 623, 12}, {590, 595, 11}, {589, 565, 11}, {595, 540, 22}, {605, 505, 26}, {595, 465, 26}, {565, 430, 9},
    {538, 395, 8},  {536, 350, 9},  {552, 310, 23}, {570, 282, 29}, {564, 255, 0},  {552, 248, 0},  {550, 233, 0},
    {560, 228, 26}, {558, 195, 29}, {530, 150, 23}, {518, 100, 23}, {526, 40, 23},  {505, -10, 22}, {495, -56, 0},
    {15, -56, 0}};
static const demo_knot dk_isle[] = {{630, 165, 31}, {645, 190, 29}, {680, 205, 31}, {710, 190, 31},
                                    {715, 160, 31}, {685, 142, 29}, {650, 140, 31}, {630, 165, 0}};
static const demo_knot dk_rock[] = {{632, 112, 37}, {636, 119, 37}, {644, 116, 37}, {640, 109, 37}, {632, 112, 0}};

/* The Swedish side, from the plan's north-east corner anticlockwise: north coast, harbour, low quarter, cape, Ekeby. */
static const demo_knot se_main[] = {
    {1785, 1136, 0}, {1035, 1136, 22}, {1048, 1080, 23}, {1038, 1030, 26}, {1062, 990, 22}, {1095, 962, 9},
    {1108, 925, 8},  {1095, 890, 19},  {1080, 855, 23},  {1090, 820, 22},  {1112, 796, 0},  {1118, 795, 0},
    {1119, 780, 0},  {1133, 779, 0},   {1133, 756, 0},   {1119, 754, 0},   {1119, 747, 0},  {1134, 745, 0},
    {1135, 705, 0},  {1124, 703, 0},   {1124, 696, 0},   {1138, 694, 22},  {1140, 660, 23}, {1156, 620, 19},
    {1169, 595, 11}, {1174, 570, 8},   {1172, 540, 11},  {1164, 515, 23},  {1156, 485, 31}, {1164, 450, 26},
    {1140, 415, 31}, {1135, 390, 31},  {1156, 362, 26},  {1190, 335, 9},   {1215, 300, 8},  {1225, 260, 9},
    {1215, 220, 22}, {1210, 185, 0},   {1222, 180, 0},   {1223, 165, 0},   {1211, 160, 23}, {1205, 120, 26},
    {1228, 70, 23},  {1226, 20, 23},   {1242, -20, 22},  {1240, -56, 0},   {1785, -56, 0},  {1785, 1136, 0}};
static const demo_knot se_isle[] = {
    {1040, 395, 37}, {1050, 410, 34}, {1062, 398, 37}, {1052, 386, 37}, {1040, 395, 0}};

/* Skerries out in the Sound and to the north: their birds' sanctuaries carry the registers' extent beyond the towns. */
static const demo_knot dk_north_skerry[] = {
    {230, 1108, 20}, {236, 1116, 20}, {246, 1113, 20}, {242, 1104, 20}, {230, 1108, 0}};
static const demo_knot dk_mid_skerry[] = {
    {878, 236, 20}, {884, 246, 20}, {893, 242, 20}, {888, 232, 20}, {878, 236, 0}};
static const demo_knot se_skerry[] = {
    {936, 1010, 20}, {942, 1019, 20}, {950, 1016, 20}, {946, 1006, 20}, {936, 1010, 0}};

static const struct {
  size_t n;
  const demo_knot *knot;
  uint8_t side;
} lands[] = {{COUNT(dk_main), dk_main, DEMO_DK},
             {COUNT(dk_isle), dk_isle, DEMO_DK},
             {COUNT(dk_rock), dk_rock, DEMO_DK},
             {COUNT(se_main), se_main, DEMO_SE},
             {COUNT(se_isle), se_isle, DEMO_SE},
             {COUNT(dk_north_skerry), dk_north_skerry, DEMO_DK},
             {COUNT(dk_mid_skerry), dk_mid_skerry, DEMO_DK},
             {COUNT(se_skerry), se_skerry, DEMO_SE}};

/* Moles: middle line in tens of metres and width in metres. */
static const struct {
  uint8_t side, n;
  int16_t at[8];
  double width;
} moles[] = {{DEMO_DK, 4, {646, 854, 664, 842, 676, 833, 680, 826}, 14},
             {DEMO_DK, 4, {629, 759, 660, 764, 676, 780, 680, 793}, 12},
             {DEMO_DK, 3, {562, 256, 576, 250, 577, 242}, 8},
             {DEMO_SE, 4, {1114, 795, 1098, 790, 1092, 776, 1093, 765}, 14},
             {DEMO_SE, 4, {1127, 696, 1102, 699, 1093, 715, 1093, 730}, 12},
             {DEMO_SE, 3, {1213, 186, 1200, 180, 1198, 172}, 8},
             {DEMO_SE, 2, {1134, 728, 1121, 729, 0, 0, 0, 0}, 10}};

/* Groynes: built out from the shore nearest to these points. */
static const struct {
  uint8_t side;
  int16_t x, y;
} groynes[] = {{DEMO_DK, 285, 903}, {DEMO_DK, 300, 897},  {DEMO_DK, 315, 891},  {DEMO_DK, 330, 886},
               {DEMO_DK, 432, 884}, {DEMO_SE, 1097, 957}, {DEMO_SE, 1102, 945}, {DEMO_SE, 1107, 933}};

/* Borders of the municipalities, sea included; each is drawn once and used by both neighbours. Danish ones keep near
 * the shore, Swedish ones reach the middle of the Sound. */
static const demo_knot dk_border[] = {{640, 372, 0}, {535, 372, 5}, {460, 385, 6}, {390, 360, 6},
                                      {310, 375, 6}, {230, 350, 6}, {130, 370, 0}};
static const demo_knot dk_north[] = {{130, 370, 6}, {110, 500, 6}, {145, 630, 6}, {115, 760, 6}, {135, 870, 0},
                                     {140, 950, 0}, {260, 955, 0}, {400, 930, 0}, {540, 965, 0}, {650, 940, 0},
                                     {710, 880, 0}, {715, 770, 0}, {670, 700, 0}, {645, 630, 0}, {630, 550, 0},
                                     {645, 500, 0}, {625, 430, 0}, {640, 372, 0}};
static const demo_knot dk_south[] = {{130, 370, 6}, {150, 290, 6}, {125, 200, 6}, {150, 120, 6}, {145, 70, 6},
                                     {260, 65, 6},  {390, 82, 6},  {520, 70, 0},  {600, 60, 0},  {750, 90, 0},
                                     {770, 170, 0}, {720, 250, 0}, {640, 300, 0}, {640, 372, 0}};
static const demo_knot se_border[] = {{930, 430, 0},  {1110, 462, 0}, {1240, 450, 5},
                                      {1360, 475, 6}, {1480, 440, 6}, {1640, 460, 0}};
static const demo_knot se_north[] = {{1640, 460, 6},  {1660, 560, 6},  {1625, 700, 6},  {1650, 900, 6},
                                     {1620, 1045, 6}, {1400, 1025, 6}, {1200, 1050, 6}, {1040, 1045, 0},
                                     {880, 1050, 0},  {890, 800, 0},   {910, 600, 0},   {930, 430, 0}};
static const demo_knot se_south[] = {{1640, 460, 6}, {1655, 300, 6}, {1630, 170, 6}, {1645, 70, 6},
                                     {1450, 56, 6},  {1240, 68, 0},  {950, 60, 0},   {930, 430, 0}};
static const struct {
  const char *code, *name;
  size_t n;
  const demo_knot *rest;
  uint8_t side;
} communes[] = {{"9901", "Nordsund", COUNT(dk_north), dk_north, DEMO_DK},
                {"9902", "Egholm", COUNT(dk_south), dk_south, DEMO_DK},
                {"9981", "Sundvik", COUNT(se_north), se_north, DEMO_SE},
                {"9982", "Ekeby", COUNT(se_south), se_south, DEMO_SE}};

/* ------------------------------------------------------------------------------------------------------- drawing */

static sund_code land_row(sund_ctx *ctx, demo_plan *plan, int side, bool works, const demo_line *ring) {
  static const char *const type[2][2] = {{"kyst", "havneanl\303\246g"}, {"strandlinje", "hamnanl\303\244ggning"}};
  demo_sheet *sheet = &plan->sheet[side][DEMO_LAND];
  const demo_value value = {.text = type[side][works]};
  TRY(demo_row(ctx, sheet, &value));
  return demo_part(ctx, sheet, ring->n, ring->x, ring->y);
}

/* A band of `width` metres along a middle line, as a closed ring; corners are mitred. */
static sund_code band(sund_ctx *ctx, size_t n, const double *x, const double *y, double width, demo_line *ring) {
  for (size_t k = 0; k < 2 * n; k++) {
    size_t i = k < n ? k : 2 * n - 1 - k, a = i ? i - 1 : 0, b = i + 1 < n ? i + 1 : i;
    double ux = x[i] - x[a], uy = y[i] - y[a], vx = x[b] - x[i], vy = y[b] - y[i];
    double p = hypot(ux, uy), q = hypot(vx, vy);
    double dx = (p > 0 ? ux / p : vx / q) + (q > 0 ? vx / q : ux / p);
    double dy = (p > 0 ? uy / p : vy / q) + (q > 0 ? vy / q : uy / p);
    double reach = (k < n ? -width : width) / (dx * dx + dy * dy); /* half the width, times 2 / |d| squared */
    TRY(demo_line_add(ctx, ring, x[i] - dy * reach, y[i] + dx * reach));
  }
  return demo_line_add(ctx, ring, ring->x[0], ring->y[0]);
}

static sund_code draw_land(sund_ctx *ctx, demo_plan *plan, uint8_t *sea) {
  for (size_t i = 0; i < COUNT(lands); i++) {
    demo_line ring = {0};
    TRY(demo_draw(ctx, lands[i].n, lands[i].knot, true, 100 + (uint32_t)i, &ring));
    TRY(land_row(ctx, plan, lands[i].side, false, &ring));
    demo_fill(plan, ring.n, ring.x, ring.y, sea, 0, false);
  }
  for (size_t i = 0; i < COUNT(moles); i++) {
    double x[4], y[4];
    demo_line ring = {0};
    for (size_t k = 0; k < moles[i].n; k++) x[k] = 10.0 * moles[i].at[2 * k], y[k] = 10.0 * moles[i].at[2 * k + 1];
    TRY(band(ctx, moles[i].n, x, y, moles[i].width, &ring));
    TRY(land_row(ctx, plan, moles[i].side, true, &ring));
  }
  return SUND_OK;
}

/* From 20 m inland to 55 m out. */
static sund_code draw_groynes(sund_ctx *ctx, demo_plan *plan) {
  for (size_t i = 0; i < COUNT(groynes); i++) {
    double x[2] = {10.0 * groynes[i].x, 10.0 * groynes[i].x}, y[2] = {10.0 * groynes[i].y, 10.0 * groynes[i].y};
    demo_line ring = {0};
    demo_to_shore(plan, 20, x, y);
    demo_to_shore(plan, -55, x + 1, y + 1);
    TRY(band(ctx, 2, x, y, 5, &ring));
    TRY(land_row(ctx, plan, groynes[i].side, true, &ring));
  }
  return SUND_OK;
}

/* The border runs from the sea inland, the rest of both outlines from there back to the sea. */
static sund_code draw_communes(sund_ctx *ctx, demo_plan *plan) {
  for (size_t i = 0; i < COUNT(communes); i++) {
    bool danish = communes[i].side == DEMO_DK;
    demo_line ring = {0}, border = {0};
    TRY(demo_draw(ctx, communes[i].n, communes[i].rest, true, 120 + (uint32_t)i, &ring));
    if (danish) TRY(demo_draw(ctx, COUNT(dk_border), dk_border, true, 130, &border));
    if (!danish) TRY(demo_draw(ctx, COUNT(se_border), se_border, true, 131, &border));
    for (size_t k = 1; k < border.n; k++) TRY(demo_line_add(ctx, &ring, border.x[k], border.y[k]));
    demo_fill(plan, ring.n, ring.x, ring.y, plan->commune, (uint8_t)(i + 1), false);
    demo_sheet *sheet = &plan->sheet[communes[i].side][DEMO_AREAS];
    const demo_value value[] = {{.text = communes[i].code}, {.text = communes[i].name}};
    TRY(demo_row(ctx, sheet, value));
    TRY(demo_part(ctx, sheet, ring.n, ring.x, ring.y));
  }
  return SUND_OK;
}

sund_code demo_region_draw(sund_ctx *ctx, demo_plan *plan) {
  size_t cells = plan->columns * plan->rows;
  uint8_t *sea = sund_alloc(ctx, cells, 1);
  float *out = sund_alloc(ctx, cells, sizeof *out);
  if (!sea || !out) return SUND_LIMIT;
  for (size_t i = 0; i < cells; i++) sea[i] = 1;
  TRY(draw_land(ctx, plan, sea));
  demo_distance(plan, sea, 1, plan->shore);
  demo_distance(plan, sea, 0, out);
  for (size_t i = 0; i < cells; i++) plan->shore[i] -= out[i];
  TRY(draw_groynes(ctx, plan));
  return draw_communes(ctx, plan);
}
