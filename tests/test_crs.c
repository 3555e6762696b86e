/* test_crs.c - systems, operations, geodesics and ground distances (geo/crs.c, crs_op.c, crs_text.c, geodesic.c, ground.c).
 *
 * Numbers of the registry are in cases/crs.case. Here: what systems say of themselves, failures, invariants, and the
 * lattice of ground.c against geodesics.
 */
#include <math.h>

#include "support.h"

#define PI 3.14159265358979323846

/* cmocka compares floats only as float. */
#define assert_near(value, expected, tolerance)                                   \
  do {                                                                            \
    const double near_value = (value), near_expected = (expected);                \
    if (!(fabs(near_value - near_expected) <= (tolerance)))                       \
      fail_msg("%s is %.12g, expected %.12g", #value, near_value, near_expected); \
  } while (0)

static sund_crs *crs_of(sund_ctx *ctx, const char *definition) {
  sund_crs *crs = NULL;
  assert_ok(ctx, sund_crs_open(ctx, definition, &crs));
  assert_non_null(crs);
  return crs;
}

static sund_op *op_of(sund_ctx *ctx, const char *from, const char *to) {
  sund_op *op = NULL;
  assert_ok(ctx, sund_op_open(ctx, crs_of(ctx, from), crs_of(ctx, to), NULL, &op));
  return op;
}

static const char *message_of(const sund_ctx *ctx) {
  const char *message = NULL;
  sund_failure(ctx, &message, NULL, NULL);
  return message ? message : "";
}

/* -------------------------------------------------------------------------------------------- cases/crs.case */

typedef struct case_state {
  sund_ctx *ctx;
  sund_op *op;
  sund_crs *from, *to;
  double tolerance, in[2], out[2], result[2];
  int line;
  size_t done;
} case_state;

static void split_pair(char *text, char **second) {
  char *space = strchr(text, ' ');
  assert_non_null(space);
  *space = '\0';
  *second = space + 1;
}

static void case_operation(case_state *s, char *text) {
  char *to;
  split_pair(text, &to);
  s->from = crs_of(s->ctx, text);
  s->to = crs_of(s->ctx, to);
  assert_ok(s->ctx, sund_op_open(s->ctx, s->from, s->to, NULL, &s->op));
}

static void case_box(case_state *s, const char *text) {
  double b[4];
  assert_int_equal(sscanf(text, "%lf %lf %lf %lf", &b[0], &b[1], &b[2], &b[3]), 4);
  assert_ok(s->ctx, sund_op_open(s->ctx, s->from, s->to, b, &s->op));
}

static void case_expect(case_state *s, const char *text) {
  s->done++;
  assert_int_equal(sscanf(text, "%lf %lf", &s->out[0], &s->out[1]), 2);
  if (fabs(s->result[0] - s->out[0]) > s->tolerance || fabs(s->result[1] - s->out[1]) > s->tolerance)
    fail_msg("crs.case:%d: expected %s, got %.9f %.9f", s->line, text, s->result[0], s->result[1]);
}

static void case_back(case_state *s, const char *text) {
  sund_op *back = NULL;
  double x = s->result[0], y = s->result[1], tolerance = atof(text);
  s->done++;
  assert_ok(s->ctx, sund_op_open(s->ctx, s->to, s->from, NULL, &back));
  assert_ok(s->ctx, sund_op_apply(s->ctx, back, 1, &x, &y, NULL));
  if (fabs(x - s->in[0]) > tolerance || fabs(y - s->in[1]) > tolerance)
    fail_msg("crs.case:%d: back at %.12f %.12f", s->line, x, y);
}

static void case_refuse(case_state *s, char *text) {
  char *to;
  sund_op *op = NULL;
  sund_ctx *ctx = sund_ctx_child(s->ctx);
  split_pair(text, &to);
  const sund_crs *from = crs_of(ctx, text), *onto = crs_of(ctx, to);
  const sund_code code = sund_op_open(ctx, from, onto, NULL, &op);
  const sund_code wanted = sund_crs_vertical(from) == sund_crs_vertical(onto) ? SUND_OUTPUT : SUND_USAGE;
  if (code != wanted || op) fail_msg("crs.case:%d: code %d", s->line, code);
  assert_non_null(strstr(message_of(ctx), sund_crs_name(from)));
  assert_non_null(strstr(message_of(ctx), sund_crs_name(onto)));
  sund_ctx_free(ctx);
  s->done++;
}

static void case_unknown(case_state *s, const char *text) {
  sund_crs *crs = NULL;
  sund_ctx *ctx = sund_ctx_child(s->ctx);
  if (sund_crs_open(ctx, text, &crs) != SUND_USAGE || crs) fail_msg("crs.case:%d: accepted", s->line);
  assert_non_null(strstr(message_of(ctx), "EPSG:25832"));
  assert_null(strchr(message_of(ctx), '\n'));
  sund_ctx_free(ctx);
  s->done++;
}

static void case_line(case_state *s, char *text) {
  char *rest;
  split_pair(text, &rest);
  if (strcmp(text, "operation") == 0) case_operation(s, rest);
  else if (strcmp(text, "box") == 0) case_box(s, rest);
  else if (strcmp(text, "tolerance") == 0) s->tolerance = atof(rest);
  else if (strcmp(text, "expect") == 0) case_expect(s, rest);
  else if (strcmp(text, "back") == 0) case_back(s, rest);
  else if (strcmp(text, "refuse") == 0) case_refuse(s, rest);
  else if (strcmp(text, "unknown") == 0) case_unknown(s, rest);
  else if (strcmp(text, "accuracy") == 0) assert_near(s->op->accuracy_m, atof(rest), 1e-9);
  else if (strcmp(text, "accept") == 0) {
    assert_int_equal(sscanf(rest, "%lf %lf", &s->in[0], &s->in[1]), 2);
    memcpy(s->result, s->in, sizeof s->in);
    assert_ok(s->ctx, sund_op_apply(s->ctx, s->op, 1, &s->result[0], &s->result[1], NULL));
  } else fail_msg("crs.case:%d: unknown word %s", s->line, text);
}

static void test_cases(void **state) {
  char path[4096], text[4096];
  case_state s = {.ctx = *state};
  snprintf(path, sizeof path, "%s/cases/crs.case", getenv("SUND_TESTS") ? getenv("SUND_TESTS") : "tests");
  FILE *file = fopen(path, "r");
  if (!file) fail_msg("%s is not there (SUND_TESTS)", path);
  while (fgets(text, sizeof text, file)) {
    s.line++;
    text[strcspn(text, "\n")] = '\0';
    if (*text && *text != '#') case_line(&s, text);
  }
  fclose(file);
  assert_true(s.done > 40);
}

/* ------------------------------------------------------------------------------------------------- descriptions */

static void test_descriptions(void **state) {
  sund_ctx *ctx = *state;
  double box[4];
  const sund_crs *utm = crs_of(ctx, "EPSG:25832");
  assert_string_equal(sund_crs_name(utm), "ETRS89 / UTM zone 32N");
  assert_string_equal(sund_crs_code(utm), "EPSG:25832");
  assert_true(sund_crs_metric(utm) && !sund_crs_geographic(utm) && !sund_crs_vertical(utm));
  assert_true(sund_crs_area(utm, box));
  assert_true(box[0] == 6 && box[2] > 12 && box[2] < 12.6); /* Helsingor is outside, and that is no fault */
  assert_int_equal(strncmp(sund_crs_wkt(utm), "PROJCS[", 7), 0);
  assert_null(strchr(sund_crs_wkt(utm), '\n'));

  const sund_crs *degrees = crs_of(ctx, "epsg:4326");
  assert_true(sund_crs_geographic(degrees) && !sund_crs_metric(degrees));
  assert_string_equal(sund_crs_code(degrees), "EPSG:4326");
  const sund_crs *crs84 = crs_of(ctx, "OGC:CRS84");
  assert_true(sund_crs_geographic(crs84));
  assert_string_equal(sund_crs_code(crs84), "OGC:CRS84");

  const sund_crs *heights = crs_of(ctx, "EPSG:5799");
  assert_true(sund_crs_vertical(heights) && !sund_crs_metric(heights) && !sund_crs_geographic(heights));
  const sund_crs *compound = crs_of(ctx, "EPSG:7416");
  assert_true(sund_crs_metric(compound) && !sund_crs_vertical(compound));
  const sund_crs *with_height = crs_of(ctx, "EPSG:4979");
  assert_true(sund_crs_geographic(with_height));
  assert_true(strlen(sund_crs_wkt(with_height)) > 0);
  const sund_crs *feet = crs_of(ctx, "EPSG:2263"); /* New York, US survey feet */
  assert_false(sund_crs_metric(feet));
  assert_false(sund_crs_geographic(crs_of(ctx, "EPSG:4807"))); /* grads */
}

static const char utm_esri[] =
    "PROJCS[\"ETRS_1989_UTM_Zone_32N\",GEOGCS[\"GCS_ETRS_1989\",DATUM[\"D_ETRS_1989\",SPHEROID[\"GRS_1980\",6378137."
    "0,"
    "298.257222101]],PRIMEM[\"Greenwich\",0.0],UNIT[\"Degree\",0.0174532925199433]],PROJECTION[\"Transverse_"
    "Mercator\"],"
    "PARAMETER[\"False_Easting\",500000.0],PARAMETER[\"False_Northing\",0.0],PARAMETER[\"Central_Meridian\",9.0],"
    "PARAMETER[\"Scale_Factor\",0.9996],PARAMETER[\"Latitude_Of_Origin\",0.0],UNIT[\"Meter\",1.0]]";

/* The same with %s for a code, and a shift to WGS 84. */
static const char tm_wkt[] =
    "PROJCS[\"%s\",GEOGCS[\"%s\",DATUM[\"%s\",SPHEROID[\"GRS "
    "1980\",6378137,298.257222101]%s],PRIMEM[\"Greenwich\",0],"
    "UNIT[\"degree\",0.0174532925199433]],PROJECTION[\"Transverse_Mercator\"],PARAMETER[\"latitude_of_origin\",0],"
    "PARAMETER[\"central_meridian\",%g],PARAMETER[\"scale_factor\",%g],PARAMETER[\"false_easting\",500000],"
    "PARAMETER[\"false_northing\",0],UNIT[\"metre\",1]%s]";

static void test_wkt_is_identified(void **state) {
  sund_ctx *ctx = *state;
  char text[2000];
  assert_string_equal(sund_crs_code(crs_of(ctx, utm_esri)), "EPSG:25832");
  /* GDAL's text of a system that the registry orders north, east: no AXIS, hence east, north */
  snprintf(text, sizeof text, tm_wkt, "SWEREF99 TM", "SWEREF99", "SWEREF99", "", 15.0, 0.9996, "");
  assert_string_equal(sund_crs_code(crs_of(ctx, text)), "EPSG:3006");
  sund_op *op = NULL;
  assert_ok(ctx, sund_op_open(ctx, crs_of(ctx, text), crs_of(ctx, "EPSG:3006"), NULL, &op));
  assert_true(op->identity);
  /* a shift of nothing to WGS 84 does not make it another system */
  snprintf(text, sizeof text, tm_wkt, "ETRS89 / UTM zone 32N", "ETRS89", "European_Terrestrial_Reference_System_1989",
           ",TOWGS84[0,0,0,0,0,0,0]", 9.0, 0.9996, ",AUTHORITY[\"EPSG\",\"25832\"]");
  assert_string_equal(sund_crs_code(crs_of(ctx, text)), "EPSG:25832");
  /* a text that lies about its code keeps what it says and loses the code */
  snprintf(text, sizeof text, tm_wkt, "ETRS89 / UTM zone 32N", "ETRS89", "European_Terrestrial_Reference_System_1989",
           "", 10.0, 0.9996, ",AUTHORITY[\"EPSG\",\"25832\"]");
  assert_string_equal(sund_crs_code(crs_of(ctx, text)), "");
  double x = 500000, y = 6206000;
  assert_ok(ctx, sund_op_open(ctx, crs_of(ctx, text), crs_of(ctx, "EPSG:4258"), NULL, &op));
  assert_ok(ctx, sund_op_apply(ctx, op, 1, &x, &y, NULL));
  assert_near(x, 10, 1e-9);
  /* a grid of one's own has no code and works */
  snprintf(text, sizeof text, tm_wkt, "site", "ETRS89", "European_Terrestrial_Reference_System_1989", "", 12.5, 1.0,
           "");
  const sund_crs *site = crs_of(ctx, text);
  assert_string_equal(sund_crs_code(site), "");
  assert_true(sund_crs_metric(site));
}

/* What a registry entry writes of itself must be read back as itself: this is how the GeoPackage returns. */
static void test_wkt_round_trip(void **state) {
  sund_ctx *ctx = *state;
  const char *const codes[] = {"EPSG:25832", "EPSG:25833", "EPSG:3006", "EPSG:3008", "EPSG:3035",
                               "EPSG:3857",  "EPSG:4326",  "EPSG:4258", "EPSG:5799", "EPSG:5613"};
  for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
    const sund_crs *crs = crs_of(ctx, codes[i]), *again = crs_of(ctx, sund_crs_wkt(crs));
    assert_string_equal(sund_crs_code(again), codes[i]);
    sund_op *op = NULL;
    assert_ok(ctx, sund_op_open(ctx, crs, again, NULL, &op));
    assert_true(op->identity);
    assert_near(op->accuracy_m, 0, 0);
  }
}

/* --------------------------------------------------------------------------------------------------- operations */

/* Every pair of the systems in use, with and without a box, over both shores and far from any registered area. */
static void test_all_pairs(void **state) {
  sund_ctx *ctx = *state;
  const char *const codes[] = {"EPSG:4326", "EPSG:4258", "EPSG:25832", "EPSG:25833",
                               "EPSG:3006", "EPSG:3008", "EPSG:3035",  "EPSG:3857"};
  const double lon[] = {12.59, 24.0}, lat[] = {56.04, 65.8};
  enum { N = sizeof codes / sizeof *codes };
  sund_crs *crs[N];
  for (size_t i = 0; i < N; i++) crs[i] = crs_of(ctx, codes[i]);
  for (size_t k = 0; k < sizeof lon / sizeof *lon; k++)
    for (size_t i = 0; i < N; i++)
      for (size_t j = 0; j < N; j++) {
        sund_op *in = NULL, *across = NULL, *direct = NULL;
        double x = lon[k], y = lat[k], u = lon[k], v = lat[k];
        assert_ok(ctx, sund_op_open(ctx, crs[0], crs[i], NULL, &in));
        assert_ok(ctx, sund_op_apply(ctx, in, 1, &x, &y, NULL));
        const double box[4] = {x, y, x, y};
        assert_ok(ctx, sund_op_open(ctx, crs[i], crs[j], box, &across));
        assert_ok(ctx, sund_op_apply(ctx, across, 1, &x, &y, NULL));
        assert_ok(ctx, sund_op_open(ctx, crs[0], crs[j], NULL, &direct));
        assert_ok(ctx, sund_op_apply(ctx, direct, 1, &u, &v, NULL));
        const double tolerance = j < 2 ? 1e-8 : 1e-3; /* LAEA comes back within 0.4 mm */
        if (fabs(x - u) > tolerance || fabs(y - v) > tolerance)
          fail_msg("%s to %s at %g %g: %.9g %.9g against %.9g %.9g", codes[i], codes[j], lon[k], lat[k], x, y, u, v);
        assert_true(across->identity == (i == j));
        assert_true(across->accuracy_m <= 1);
        assert_true(i == j || strlen(across->name) > 0);
      }
}

static void test_box_never_refuses(void **state) {
  sund_ctx *ctx = *state;
  const double far[4] = {-40, -40, -39, -39}, nothing[4] = {INFINITY, INFINITY, -INFINITY, -INFINITY};
  const double broken[4] = {NAN, 0, 1, 1}, swapped[4] = {56, 12, 57, 13}, wild[4] = {1e300, 1e300, 1e301, 1e301};
  const double *const boxes[] = {far, nothing, broken, swapped, wild};
  for (size_t i = 0; i < sizeof boxes / sizeof *boxes; i++) {
    sund_op *op = NULL;
    assert_ok(ctx, sund_op_open(ctx, crs_of(ctx, "EPSG:4326"), crs_of(ctx, "EPSG:3006"), boxes[i], &op));
    double x = 12.7, y = 56.05;
    assert_ok(ctx, sund_op_apply(ctx, op, 1, &x, &y, NULL));
    assert_true(x > 3e5 && x < 4e5 && y > 6.1e6 && y < 6.3e6);
  }
}

static void test_apply_many(void **state) {
  sund_ctx *ctx = *state;
  enum { N = 2000 };
  static const size_t places[] = {0, 511, 512, 513, N - 1};
  double *x = sund_alloc(ctx, N, sizeof *x), *y = sund_alloc(ctx, N, sizeof *y);
  assert_true(x && y);
  const sund_op *op = op_of(ctx, "EPSG:4326", "EPSG:25832");
  for (size_t i = 0; i < N; i++) x[i] = 12 + (double)i * 1e-3, y[i] = 55 + (double)i * 1e-3;
  assert_ok(ctx, sund_op_apply(ctx, op, N, x, y, NULL));
  for (size_t i = 0; i < N; i += 97) { /* alone and in a crowd: the same bits */
    double u = 12 + (double)i * 1e-3, v = 55 + (double)i * 1e-3;
    assert_ok(ctx, sund_op_apply(ctx, op, 1, &u, &v, NULL));
    assert_true(u == x[i] && v == y[i]);
  }
  assert_ok(ctx, sund_op_apply(ctx, op, 0, x, y, NULL));
  for (size_t k = 0; k < sizeof places / sizeof *places; k++)
    for (int kind = 0; kind < 3; kind++) {
      sund_ctx *inner = sund_ctx_child(ctx);
      size_t bad = 7777;
      for (size_t i = 0; i < N; i++) x[i] = 12, y[i] = 55;
      y[places[k]] = kind == 0 ? NAN : kind == 1 ? INFINITY : 126.6; /* C15: a latitude that is none */
      assert_int_equal(sund_op_apply(inner, op, N, x, y, &bad), SUND_DATA);
      assert_int_equal(bad, places[k]);
      assert_true(x[1] == 12 && y[1] == 55); /* nothing was moved */
      assert_true(strlen(message_of(inner)) > 10);
      sund_ctx_free(inner);
    }
}

static void test_identity_checks_too(void **state) {
  sund_ctx *ctx = *state;
  const sund_op *op = op_of(ctx, "EPSG:3006", "EPSG:3006");
  double x[2] = {350449, NAN}, y[2] = {6212016, 1};
  size_t bad = 0;
  assert_true(op->identity);
  assert_ok(ctx, sund_op_apply(ctx, op, 1, x, y, NULL));
  assert_true(x[0] == 350449 && y[0] == 6212016);
  assert_int_equal(sund_op_apply(ctx, op, 2, x, y, &bad), SUND_DATA);
  assert_int_equal(bad, 1);
}

static void test_missing_grid_is_named(void **state) {
  sund_ctx *ctx = *state;
  sund_op *op = NULL;
  /* compound systems: only the plane is moved, so no geoid is asked for */
  assert_ok(ctx, sund_op_open(ctx, crs_of(ctx, "EPSG:7416"), crs_of(ctx, "EPSG:5845"), NULL, &op));
  double x = 724294.746719, y = 6215265.462679;
  assert_ok(ctx, sund_op_apply(ctx, op, 1, &x, &y, NULL));
  assert_near(x, 350449.626, 0.001);
  op = NULL;
  assert_int_equal(sund_op_open(ctx, crs_of(ctx, "EPSG:5799"), crs_of(ctx, "EPSG:5613"), NULL, &op), SUND_OUTPUT);
  assert_non_null(strstr(message_of(ctx), "DVR90"));
  assert_non_null(strstr(message_of(ctx), "EPSG:5613"));
  assert_null(op);
}

/* Every allocation may fail: the code is SUND_LIMIT, nothing leaks, nothing crashes. */
static void test_memory(void **state) {
  sund_ctx *ctx = *state;
  (void)ctx;
  for (size_t n = 1; n < 200; n++) {
    sund_ctx *inner = sund_ctx_new();
    sund_crs *from = NULL, *to = NULL;
    sund_op *op = NULL;
    sund_ground *ground = NULL;
    const double box[4] = {7e5, 6.2e6, 7.1e5, 6.21e6};
    double area = 0, x[1000], y[1000];
    for (size_t i = 0; i < 1000; i++) x[i] = 7e5 + (double)i, y[i] = 6.2e6;
    sund_ctx_fail_alloc(inner, n);
    sund_code code = sund_crs_open(inner, "EPSG:25832", &from);
    if (code == SUND_OK) code = sund_crs_open(inner, "EPSG:3006", &to);
    if (code == SUND_OK) code = sund_op_open(inner, from, to, box, &op);
    if (code == SUND_OK) code = sund_geodesic_area(inner, from, 1000, x, y, &area);
    if (code == SUND_OK) code = sund_ground_open(inner, from, box, &ground);
    if (code == SUND_OK) code = sund_op_apply(inner, op, 1000, x, y, NULL);
    sund_ctx_free(inner);
    if (code == SUND_OK) return;
    assert_int_equal(code, SUND_LIMIT);
  }
  fail_msg("200 allocations for one operation");
}

/* ---------------------------------------------------------------------------------------------------- geodesics */

static void test_geodesic_known(void **state) {
  sund_ctx *ctx = *state;
  const sund_crs *wgs = crs_of(ctx, "EPSG:4326");
  double metres = 0;
  /* a quarter of the equator, a quarter of the meridian of WGS 84 */
  const double lon[2] = {0, 90}, zero[2] = {0, 0};
  assert_ok(ctx, sund_geodesic_length(ctx, wgs, 2, lon, zero, &metres));
  assert_near(metres, 6378137.0 * PI / 2, 1e-3);
  assert_ok(ctx, sund_geodesic_length(ctx, wgs, 2, zero, lon, &metres));
  assert_near(metres, 10001965.729, 1e-2);
  /* JFK to LHR, the example of Karney's documentation */
  const double way_lon[2] = {-73.8, -0.5}, way_lat[2] = {40.6, 51.6};
  assert_ok(ctx, sund_geodesic_length(ctx, wgs, 2, way_lon, way_lat, &metres));
  assert_near(metres, 5551759.400, 0.001);
  /* an octant is an eighth of the ellipsoid's area */
  const double ring_lon[4] = {0, 90, 0, 0}, ring_lat[4] = {0, 0, 90, 0};
  assert_ok(ctx, sund_geodesic_area(ctx, wgs, 4, ring_lon, ring_lat, &metres));
  assert_near(metres / (510065621724088.44 / 8), 1, 1e-9);
  assert_ok(ctx, sund_geodesic_length(ctx, wgs, 0, lon, zero, &metres));
  assert_near(metres, 0, 0);
  assert_int_equal(sund_geodesic_length(ctx, crs_of(ctx, "EPSG:5799"), 2, lon, zero, &metres), SUND_USAGE);
}

/* Up the central meridian UTM is the meridian itself, times 0.9996. */
static void test_geodesic_meridian(void **state) {
  sund_ctx *ctx = *state;
  const double lon[2] = {9, 9}, lat[2] = {0, 56};
  double x = 9, y = 56, metres = 0;
  assert_ok(ctx, sund_geodesic_length(ctx, crs_of(ctx, "EPSG:4258"), 2, lon, lat, &metres));
  assert_ok(ctx, sund_op_apply(ctx, op_of(ctx, "EPSG:4258", "EPSG:25832"), 1, &x, &y, NULL));
  assert_near(x, 500000, 1e-6);
  assert_near(y, 0.9996 * metres, 1e-6);
}

static void test_geodesic_same_everywhere(void **state) {
  sund_ctx *ctx = *state;
  const char *const codes[] = {"EPSG:4258", "EPSG:25832", "EPSG:3006", "EPSG:3035", "EPSG:3857"};
  double first = 0, first_area = 0;
  for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
    double x[5] = {12.55, 12.65, 12.65, 12.55, 12.55}, y[5] = {56.0, 56.0, 56.06, 56.06, 56.0}, metres, area;
    const sund_crs *crs = crs_of(ctx, codes[i]);
    sund_op *op = NULL;
    assert_ok(ctx, sund_op_open(ctx, crs_of(ctx, "EPSG:4258"), crs, NULL, &op));
    assert_ok(ctx, sund_op_apply(ctx, op, 5, x, y, NULL));
    assert_ok(ctx, sund_geodesic_length(ctx, crs, 5, x, y, &metres));
    assert_ok(ctx, sund_geodesic_area(ctx, crs, 5, x, y, &area));
    if (i == 0) first = metres, first_area = area;
    assert_near(metres / first, 1, 1e-9);
    assert_near(area / first_area, 1, 1e-8);
    assert_true(area > 0);
  }
}

static void test_geodesic_invariants(void **state) {
  sund_ctx *ctx = *state;
  const sund_crs *utm = crs_of(ctx, "EPSG:25832");
  uint64_t seed = support_seed();
  for (int round = 0; round < 20; round++) {
    const double x0 = support_uniform(&seed, 7e5, 7.3e5), y0 = support_uniform(&seed, 6.19e6, 6.22e6);
    const double w = support_uniform(&seed, 10, 5000), h = support_uniform(&seed, 10, 5000);
    const double cut = support_uniform(&seed, 0.1, 0.9) * w;
    const double x[5] = {x0, x0 + w, x0 + w, x0, x0}, y[5] = {y0, y0, y0 + h, y0 + h, y0};
    /* the same box with the cut's ends as vertices, and both halves */
    const double wx[7] = {x0, x0 + cut, x0 + w, x0 + w, x0 + cut, x0, x0},
                 wy[7] = {y0, y0, y0, y0 + h, y0 + h, y0 + h, y0};
    const double ax[5] = {x0, x0 + cut, x0 + cut, x0, x0}, bx[5] = {x0 + cut, x0 + w, x0 + w, x0 + cut, x0 + cut};
    double back_x[7], back_y[7], whole, a, b, reversed, plain;
    for (size_t i = 0; i < 7; i++) back_x[i] = wx[6 - i], back_y[i] = wy[6 - i];
    assert_ok(ctx, sund_geodesic_area(ctx, utm, 7, wx, wy, &whole));
    assert_ok(ctx, sund_geodesic_area(ctx, utm, 5, ax, y, &a));
    assert_ok(ctx, sund_geodesic_area(ctx, utm, 5, bx, y, &b));
    assert_ok(ctx, sund_geodesic_area(ctx, utm, 7, back_x, back_y, &reversed));
    assert_ok(ctx, sund_geodesic_area(ctx, utm, 5, x, y, &plain));
    if (fabs(a + b - whole) > 1e-3 || fabs(reversed + whole) > 1e-3)
      fail_msg("seed %llu", (unsigned long long)support_seed());
    /* 0.9996 at the middle, more here: two thirds of a per mille either way */
    assert_near(plain / (w * h), 1, 1e-3);
  }
}

static void test_geodesic_measure(void **state) {
  sund_ctx *ctx = *state;
  const sund_crs *utm = crs_of(ctx, "EPSG:25832");
  sund_shapes *areas = NULL;
  assert_ok(ctx, sund_shapes_new(ctx, SUND_AREA, 2, 2, 10, &areas));
  const double x[10] = {0, 100, 100, 0, 0, 20, 20, 40, 40, 20}, y[10] = {0, 0, 100, 100, 0, 20, 40, 40, 20, 20};
  for (size_t i = 0; i < 10; i++) areas->x[i] = 720000 + x[i], areas->y[i] = 6210000 + y[i];
  areas->first_part[1] = areas->first_part[2] = 2;
  areas->first_vertex[1] = 5;
  areas->first_vertex[2] = 10;
  areas->hole[1] = 1;
  double out[2] = {-1, -1}, outer = 0, hole = 0;
  assert_ok(ctx, sund_geodesic_measure(ctx, utm, areas, out));
  assert_ok(ctx, sund_geodesic_area(ctx, utm, 5, areas->x, areas->y, &outer));
  assert_ok(ctx, sund_geodesic_area(ctx, utm, 5, areas->x + 5, areas->y + 5, &hole));
  assert_true(outer > 0 && hole < 0);
  assert_near(out[0], outer + hole, 1e-6);
  assert_near(out[0], 9600, 10); /* map scale 1.0002 */
  assert_near(out[1], 0, 0);     /* an empty row */
  areas->y[3] = NAN;
  assert_int_equal(sund_geodesic_measure(ctx, utm, areas, out), SUND_DATA);
}

/* ------------------------------------------------------------------------------------------------------- ground */

/* A box in degrees around the Sound, as a box in `code`. */
static void sound_box(sund_ctx *ctx, const char *code, double box[4]) {
  double x[4] = {12.4, 12.9, 12.9, 12.4}, y[4] = {55.9, 55.9, 56.2, 56.2};
  assert_ok(ctx, sund_op_apply(ctx, op_of(ctx, "EPSG:4258", code), 4, x, y, NULL));
  box[0] = fmin(x[0], x[3]), box[2] = fmax(x[1], x[2]);
  box[1] = fmin(y[0], y[1]), box[3] = fmax(y[2], y[3]);
}

static void test_ground_against_geodesics(void **state) {
  sund_ctx *ctx = *state;
  const char *const codes[] = {"EPSG:25832", "EPSG:25833", "EPSG:3006", "EPSG:3008",
                               "EPSG:3035",  "EPSG:3857",  "EPSG:4258"};
  uint64_t seed = support_seed();
  for (size_t k = 0; k < sizeof codes / sizeof *codes; k++) {
    double box[4], smallest, largest;
    sund_ground *ground = NULL;
    const sund_crs *crs = crs_of(ctx, codes[k]);
    sound_box(ctx, codes[k], box);
    assert_ok(ctx, sund_ground_open(ctx, crs, box, &ground));
    sund_ground_scale(ground, &smallest, &largest);
    const double unit = sund_crs_geographic(crs) ? 1 / 111000.0 : 1;
    for (int i = 0; i < 80; i++) {
      const double length = pow(10, support_uniform(&seed, -1, 4)) * unit, turn = support_uniform(&seed, 0, 2 * PI);
      const double x[2] = {support_uniform(&seed, box[0], box[2]), 0},
                   y[2] = {support_uniform(&seed, box[1], box[3]), 0};
      double to_x[2] = {x[0], fmin(fmax(x[0] + length * cos(turn), box[0]), box[2])};
      double to_y[2] = {y[0], fmin(fmax(y[0] + length * sin(turn), box[1]), box[3])};
      double truth = 0;
      const double fast = sund_ground_distance(ground, to_x[0], to_y[0], to_x[1], to_y[1]);
      const double map = hypot(to_x[1] - to_x[0], to_y[1] - to_y[0]);
      assert_ok(ctx, sund_geodesic_length(ctx, crs, 2, to_x, to_y, &truth));
      if (fabs(fast - truth) > 1e-6 * truth + 2e-8)
        fail_msg("%s, seed %llu: %.9f against %.9f", codes[k], (unsigned long long)support_seed(), fast, truth);
      assert_true(map <= fast * largest * (1 + 1e-9) && map >= fast * smallest * (1 - 1e-9));
      /* the way back is as long */
      assert_near(fast, sund_ground_distance(ground, to_x[1], to_y[1], to_x[0], to_y[0]), 1e-9 * fast + 1e-12);
    }
  }
}

static void test_ground_areas(void **state) {
  sund_ctx *ctx = *state;
  const char *const codes[] = {"EPSG:25832", "EPSG:3006", "EPSG:3035", "EPSG:3857"};
  uint64_t seed = support_seed();
  enum { SIDES = 40, RINGS = 30 };
  for (size_t k = 0; k < sizeof codes / sizeof *codes; k++) {
    double box[4], truth[RINGS], fast[RINGS];
    sund_ground *ground = NULL;
    sund_shapes *areas = NULL;
    const sund_crs *crs = crs_of(ctx, codes[k]);
    sound_box(ctx, codes[k], box);
    assert_ok(ctx, sund_ground_open(ctx, crs, box, &ground));
    assert_ok(ctx, sund_shapes_new(ctx, SUND_AREA, RINGS, RINGS, RINGS * (SIDES + 1), &areas));
    for (size_t r = 0; r < RINGS; r++) { /* stars of 10 m to 8 km */
      const double reach = pow(10, support_uniform(&seed, 1, 3.9)), wide = box[2] - box[0], high = box[3] - box[1];
      const double x = support_uniform(&seed, box[0] + wide / 3, box[2] - wide / 3);
      const double y = support_uniform(&seed, box[1] + high / 3, box[3] - high / 3);
      for (size_t v = 0; v <= SIDES; v++) {
        const size_t at = r * (SIDES + 1) + v;
        const double turn = 2 * PI * (double)v / SIDES, far = reach * support_uniform(&seed, 0.3, 1);
        areas->x[at] = v < SIDES ? x + far * cos(turn) : areas->x[at - SIDES];
        areas->y[at] = v < SIDES ? y + far * sin(turn) : areas->y[at - SIDES];
      }
      areas->first_part[r + 1] = r + 1, areas->first_vertex[r + 1] = (r + 1) * (SIDES + 1);
    }
    sund_ground_areas(ground, areas, fast);
    assert_ok(ctx, sund_geodesic_measure(ctx, crs, areas, truth));
    for (size_t r = 0; r < RINGS; r++)
      if (!(fabs(fast[r] - truth[r]) <= (k < 3 ? 2e-6 : 1e-5) * truth[r])) /* Mercator's scale changes fast here */
        fail_msg("%s, seed %llu: %.6f against %.6f", codes[k], (unsigned long long)support_seed(), fast[r], truth[r]);
  }
}

static void test_ground_factors(void **state) {
  sund_ctx *ctx = *state;
  double x[1] = {12.6}, y[1] = {56.03};
  sund_ground *ground = NULL;
  assert_ok(ctx, sund_op_apply(ctx, op_of(ctx, "EPSG:4258", "EPSG:25832"), 1, x, y, NULL));
  const double box[4] = {x[0] - 500, y[0] - 500, x[0] + 500, y[0] + 500};
  assert_ok(ctx, sund_ground_open(ctx, crs_of(ctx, "EPSG:25832"), box, &ground));
  /* the easting stretches by 0.9996 (1 + d2 / 2R2), d = 224 km off the central meridian */
  assert_near(1000 / sund_ground_distance(ground, x[0], y[0], x[0] + 1000, y[0]), 1.00022, 4e-5);
  /* a point has an extent to measure in too, and beyond the box the edge counts */
  const double point[4] = {x[0], y[0], x[0], y[0]};
  sund_ground *small = NULL;
  assert_ok(ctx, sund_ground_open(ctx, crs_of(ctx, "EPSG:25832"), point, &small));
  const double near = sund_ground_distance(ground, x[0], y[0], x[0] + 300, y[0] + 400);
  assert_near(sund_ground_distance(small, x[0], y[0], x[0] + 300, y[0] + 400), near, 1e-4);
  const double far = sund_ground_distance(small, x[0], y[0], x[0] + 30000, y[0] + 40000);
  assert_near(far / (near * 100), 1, 1e-4);
  assert_near(sund_ground_distance(small, x[0], y[0], x[0], y[0]), 0, 0);
  /* web Mercator at 56.03 north: 1 / cos, a little less along the meridian for the ellipsoid */
  double wx[1] = {12.6}, wy[1] = {56.03};
  assert_ok(ctx, sund_op_apply(ctx, op_of(ctx, "EPSG:4326", "EPSG:3857"), 1, wx, wy, NULL));
  const double web[4] = {wx[0], wy[0], wx[0] + 1, wy[0] + 1};
  assert_ok(ctx, sund_ground_open(ctx, crs_of(ctx, "EPSG:3857"), web, &ground));
  assert_near(1790 / sund_ground_distance(ground, wx[0], wy[0], wx[0] + 1790, wy[0]), 1.7855, 2e-3);
}

static void test_ground_failures(void **state) {
  sund_ctx *ctx = *state;
  sund_ground *ground = NULL;
  const double nothing[4] = {INFINITY, INFINITY, -INFINITY, -INFINITY};
  assert_int_equal(sund_ground_open(ctx, crs_of(ctx, "EPSG:25832"), nothing, &ground), SUND_DATA);
  sund_ctx *inner = sund_ctx_child(ctx);
  const double globe[4] = {-180, -90, 180, 90};
  assert_int_equal(sund_ground_open(inner, crs_of(inner, "EPSG:4258"), globe, &ground), SUND_DATA);
  sund_ctx_free(inner);
  inner = sund_ctx_child(ctx);
  const double box[4] = {0, 0, 1, 1};
  assert_int_equal(sund_ground_open(inner, crs_of(inner, "EPSG:5799"), box, &ground), SUND_USAGE);
  sund_ctx_free(inner);
  assert_null(ground);
}

/* All of Sweden and Denmark: fewer nodes than 5 km asks for, still good. */
static void test_ground_large(void **state) {
  sund_ctx *ctx = *state;
  const sund_crs *crs = crs_of(ctx, "EPSG:3035");
  const double box[4] = {4.1e6, 3.5e6, 5.1e6, 5.4e6};
  uint64_t seed = support_seed();
  sund_ground *ground = NULL;
  assert_ok(ctx, sund_ground_open(ctx, crs, box, &ground));
  for (int i = 0; i < 80; i++) {
    const double x0 = support_uniform(&seed, 4.2e6, 5e6), y0 = support_uniform(&seed, 3.6e6, 5.3e6);
    const double x[2] = {x0, x0 + support_uniform(&seed, -8e3, 8e3)},
                 y[2] = {y0, y0 + support_uniform(&seed, -8e3, 8e3)};
    double truth = 0;
    assert_ok(ctx, sund_geodesic_length(ctx, crs, 2, x, y, &truth));
    const double fast = sund_ground_distance(ground, x[0], y[0], x[1], y[1]);
    if (fabs(fast - truth) > 1e-6 * truth) fail_msg("%.9f against %.9f", fast, truth);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(test_cases),
      SUND_TEST(test_descriptions),
      SUND_TEST(test_wkt_is_identified),
      SUND_TEST(test_wkt_round_trip),
      SUND_TEST(test_all_pairs),
      SUND_TEST(test_box_never_refuses),
      SUND_TEST(test_apply_many),
      SUND_TEST(test_identity_checks_too),
      SUND_TEST(test_missing_grid_is_named),
      SUND_TEST(test_memory),
      SUND_TEST(test_geodesic_known),
      SUND_TEST(test_geodesic_meridian),
      SUND_TEST(test_geodesic_same_everywhere),
      SUND_TEST(test_geodesic_invariants),
      SUND_TEST(test_geodesic_measure),
      SUND_TEST(test_ground_against_geodesics),
      SUND_TEST(test_ground_areas),
      SUND_TEST(test_ground_factors),
      SUND_TEST(test_ground_failures),
      SUND_TEST(test_ground_large),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
