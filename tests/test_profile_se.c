/* test_profile_se.c - the Swedish profile on small layers with the registers' field names, and on the real data.
 * P20 ... are the pitfalls of access to nature that a test is about. */
#include "profile_files.h"

/* P23: the editions of NMD have different codes; one that is new is told, not taken for "other". */
static void land_cover_of_nmd(void **state) {
  static const int cells2018[] = {111, 111, 128, 2, 42, 61, 62, 51, 3, 53};
  static const int cells2023[] = {116, 43, 215, 4231, 4212, 61, 62, 54, 411, 0};
  static const int old_codes[] = {111, 2, 41, 42, 61}, new_codes[] = {4211, 111, 200};
  files *f = *state;
  reading r;
  const char *path = profile_raster(f, "nmd2018bas_ogeneraliserad_v1_1.tif", 3006, 356000, 6214000, 10, cells2018);
  const sund_table *green = profile_read(f, "se", SUND_GREEN, path, &r);
  size_t forest = 0, wetland = 0, meadow = 0, lake = 0;
  for (size_t i = 0; i < green->rows; i++) {
    const char *kind = profile_text(green, "kind", i);
    forest += strcmp(kind, "forest") == 0;
    wetland += strcmp(kind, "wetland") == 0;
    meadow += strcmp(kind, "meadow") == 0;
    lake += strcmp(kind, "lake") == 0;
    bool open = strcmp(kind, "forest") == 0 || strcmp(kind, "wetland") == 0;
    profile_green(green, i, kind, open ? "public" : "unknown", open ? "regeringsformen 2 kap. 15 §" : "");
  }
  assert_int_equal(green->rows, 4);
  assert_true(forest == 1 && wetland == 1 && meadow == 1 && lake == 1);
  path = profile_raster(f, "NMD2023bas_v2_1.tif", 3006, 356000, 6214000, 10, cells2023);
  green = profile_read(f, "se", SUND_GREEN, path, &r);
  assert_int_equal(green->rows, 5);
  assert_string_equal(r.reading.licence, "Naturvårdsverket, CC0");
  path = profile_raster(f, "NMD2023bas_old.tif", 3006, 356000, 6214000, 5, old_codes);
  profile_unknown(f, "se", SUND_GREEN, path, "has codes that are not known: 2, 41, 42; map them");
  path = profile_raster(f, "nmd2018_new.tif", 3006, 356000, 6214000, 3, new_codes);
  profile_unknown(f, "se", SUND_GREEN, path, "has codes that are not known: 4211, 200; map them");
}

static void land_cover_of_lantmateriet(void **state) {
  static const char *const rows[] = {"\"objektidentitet\":\"a\",\"objekttyp\":\"Lövskog\",\"objekttypnr\":2646",
                                     "\"objektidentitet\":\"b\",\"objekttyp\":\"Åker\",\"objekttypnr\":2642",
                                     "\"objektidentitet\":\"c\",\"objekttyp\":\"Sjö\",\"objekttypnr\":2632"};
  static const char *const names[] = {"\"objektidentitet\":\"a\",\"objekttyp\":\"LOVSKOG\"",
                                      "\"objektidentitet\":\"b\",\"objekttyp\":\"Öppen mark\""};
  static const char *const strange[] = {"\"objekttyp\":\"Rymdhamn\",\"objekttypnr\":2700",
                                        "\"objekttyp\":\"Vulkan\",\"objekttypnr\":2701"};
  static const char *const odd_name[] = {"\"objektidentitet\":\"a\",\"objekttyp\":\"Rymdhamn\""};
  files *f = *state;
  reading r;
  const sund_table *green = profile_read(f, "se", SUND_GREEN, profile_layer(f, "markytor.geojson", 'a', 3, rows), &r);
  assert_int_equal(green->rows, 2);
  profile_green(green, 0, "forest", "public", "regeringsformen 2 kap. 15 §");
  profile_green(green, 1, "lake", "unknown", "");
  green = profile_read(f, "se", SUND_GREEN, profile_layer(f, "mark.geojson", 'a', 2, names), &r);
  assert_int_equal(green->rows, 1);
  profile_green(green, 0, "forest", "public", "2 kap. 15 §");
  green = profile_read(f, "se", SUND_GREEN, profile_layer(f, "sankmarksytor.geojson", 'a', 3, rows), &r);
  assert_int_equal(green->rows, 3);
  profile_green(green, 1, "wetland", "public", "2 kap. 15 §");
  profile_unknown(f, "se", SUND_GREEN, profile_layer(f, "markytor.geojson", 'a', 2, strange),
                  "kind (field objekttypnr) has codes that are not known: 2700, 2701; map them");
  profile_unknown(f, "se", SUND_GREEN, profile_layer(f, "mark.geojson", 'a', 1, odd_name),
                  "not known: Rymdhamn; map");
}

static void protected_nature(void **state) {
  static const char *const rows[] = {
      "\"NVRID\":\"1\",\"NAMN\":\"Kullaberg\",\"SKYDDSTYP\":\"Naturreservat\",\"BESLUTSSTATUS\":\"Gällande\"",
      "\"NVRID\":\"2\",\"NAMN\":\"x\",\"SKYDDSTYP\":\"Vattenskyddsområde\",\"BESLUTSSTATUS\":\"Gällande\"",
      "\"NVRID\":\"3\",\"NAMN\":\"y\",\"SKYDDSTYP\":\"Naturreservat\",\"BESLUTSSTATUS\":\"Beslutad\"",
      "\"NVRID\":\"4\",\"NAMN\":\"z\",\"SKYDDSTYP\":\"Djur- och växtskyddsområde\",\"BESLUTSSTATUS\":\"Gällande\""};
  static const char *const strange[] = {
      "\"NVRID\":\"1\",\"NAMN\":\"x\",\"SKYDDSTYP\":\"Månreservat\",\"BESLUTSSTATUS\":\"Gällande\""};
  static const char *const natura[] = {
      "\"OMRADESKOD\":\"SE0430092\",\"OMRADESNAMN\":\"Kullaberg\",\"OMRADESTYP\":\"SCI\"",
      "\"OMRADESKOD\":\"b\",\"OMRADESNAMN\":\"c\",\"OMRADESTYP\":\"spa/sci\""};
  static const char *const odd[] = {"\"OMRADESKOD\":\"b\",\"OMRADESNAMN\":\"c\",\"OMRADESTYP\":\"pSCI\""};
  files *f = *state;
  reading r;
  const sund_table *green =
      profile_read(f, "se", SUND_GREEN, profile_layer(f, "SkyddadeOmraden.geojson", 'a', 4, rows), &r);
  assert_int_equal(green->rows, 2); /* in force, and a place */
  profile_green(green, 0, "protected", "public", "miljöbalken 7 kap.");
  profile_green(green, 1, "protected", "unknown", "");
  profile_unknown(f, "se", SUND_GREEN, profile_layer(f, "nvr.geojson", 'a', 1, strange),
                  "not known: Månreservat; map");
  green = profile_read(f, "se", SUND_GREEN, profile_layer(f, "N2000.geojson", 'a', 2, natura), &r);
  assert_int_equal(green->rows, 2);
  profile_green(green, 1, "protected", "unknown", "");
  assert_string_equal(profile_text(green, "id", 0), "SE0430092");
  profile_unknown(f, "se", SUND_GREEN, profile_layer(f, "n2.geojson", 'a', 1, odd), "not known: pSCI; map them");
}

/* P22: the register comes as GML with northing first; it lands where the same square in EPSG:25832 does. */
static void northing_first(void **state) {
  files *f = *state;
  reading r, same;
  static const char head[] =
      "<?xml version=\"1.0\"?><ogr:FeatureCollection xmlns:ogr=\"http://ogr.maptools.org/\" "
      "xmlns:gml=\"http://www.opengis.net/gml/3.2\" gml:id=\"c\"><ogr:featureMember><ogr:naturreservat "
      "gml:id=\"n.1\">"
      "<ogr:geom><gml:Polygon srsName=\"urn:ogc:def:crs:EPSG::3006\" gml:id=\"g\"><gml:exterior><gml:LinearRing>"
      "<gml:posList>6214000 356000 6214000 357000 6215000 357000 6215000 356000 6214000 356000</gml:posList>"
      "</gml:LinearRing></gml:exterior></gml:Polygon></ogr:geom><ogr:nvrid>7</ogr:nvrid><ogr:name>R</ogr:name>"
      "</ogr:naturreservat></ogr:featureMember></ogr:FeatureCollection>";
  const sund_table *green = profile_read(f, "se", SUND_GREEN, files_text(f, "naturreservat.gml", head), &r);
  assert_int_equal(green->rows, 1);
  profile_green(green, 0, "protected", "public", "miljöbalken 7 kap.");
  /* The same corner, moved by PROJ alone. */
  sund_crs *from = NULL, *to = NULL;
  sund_op *op = NULL;
  double x = 356000, y = 6214000, distance = INFINITY;
  assert_ok(f->ctx, sund_crs_open(f->ctx, "EPSG:3006", &from));
  assert_ok(f->ctx, sund_crs_open(f->ctx, "EPSG:25832", &to));
  assert_ok(f->ctx, sund_op_open(f->ctx, from, to, NULL, &op));
  assert_ok(f->ctx, sund_op_apply(f->ctx, op, 1, &x, &y, NULL));
  for (size_t v = 0; v < green->shapes->first_vertex[1]; v++)
    distance = fmin(distance, hypot(green->shapes->x[v] - x, green->shapes->y[v] - y));
  assert_true(distance < 0.01);
  assert_true(x > 700000 && x < 740000); /* Skåne, in the zone of Denmark */
  /* The square has one size on the ground, whatever system it is read into: web Mercator draws it 3.2 times as large. */
  double metres[3] = {0};
  static const char *const systems[] = {"EPSG:25832", "EPSG:3006", "EPSG:3857"};
  for (int k = 0; k < 3; k++) {
    sund_source source = profile_source(f, "se", SUND_GREEN, files_path(f, "naturreservat.gml"), NULL);
    sund_crs *crs = NULL;
    assert_ok(f->ctx, files_read_into(f->ctx, systems[k], source, &same));
    assert_ok(f->ctx, sund_crs_open(f->ctx, systems[k], &crs));
    assert_ok(f->ctx, sund_geodesic_area(f->ctx, crs, 5, same.table->shapes->x, same.table->shapes->y, &metres[k]));
    assert_true(fabs(fabs(metres[k]) - fabs(metres[0])) < 10);
  }
  assert_true(fabs(fabs(metres[0]) - 1e6) < 2e3);
}

#define AGES                                                                                                  \
  "\"ald0_5\":1,\"ald5_10\":0,\"ald10_15\":1,\"ald15_20\":1,\"ald20_25\":0,\"ald25_30\":0,\"ald30_35\":0,"    \
  "\"ald35_40\":1,\"ald40_45\":0,\"ald45_50\":0,\"ald50_55\":0,\"ald55_60\":0,\"ald60_65\":1,\"ald65_70\":1," \
  "\"ald70_75\":1,\"ald75_80\":0,\"ald80_85\":0,\"ald85_90\":0,\"ald90_95\":0,\"ald95_100\":0,\"ald100w\":0"

/* P20: a cell of 7 whose ages and sexes make 8: the total counts, the miss is bounded and told. */
static void people_of_scb(void **state) {
  static const char *const rows[] = {"\"rutid_scb\":\"1\",\"beftotalt\":7,\"kvinna\":4,\"man\":4," AGES,
                                     "\"rutid_scb\":\"2\",\"beftotalt\":8,\"kvinna\":4,\"man\":4," AGES,
                                     "\"rutid_scb\":\"3\",\"beftotalt\":5,\"kvinna\":3,\"man\":3," AGES};
  static const char *const bare[] = {"\"rutid_inspire\":\"1kmN6214E356\",\"Beftotalt\":7"};
  files *f = *state;
  reading r;
  const sund_table *homes =
      profile_read(f, "se", SUND_HOMES, profile_layer(f, "befolkning_1km_2025.geojson", 'a', 3, rows), &r);
  const double *persons = sund_table_real(homes, "persons");
  assert_true(persons[0] + persons[1] + persons[2] == 20);
  assert_true(sund_table_real(homes, "group_0_14")[0] == 2);
  assert_true(sund_table_real(homes, "group_15_64")[0] == 3);
  assert_true(sund_table_real(homes, "group_65_plus")[0] == 2 + 1 - 1);
  assert_non_null(files_finding(&r,
                                "group_0_14, group_15_64, group_65_plus do not add up to persons in 2 of 3 rows: 3 "
                                "of 20 persons in all, at most 2 in a row"));
  homes = profile_read(f, "se", SUND_HOMES, profile_layer(f, "ruta.geojson", 'a', 1, bare), &r);
  assert_true(sund_table_real(homes, "persons")[0] == 7);
  assert_null(sund_table_real(homes, "group_65_plus"));
  assert_null(files_finding(&r, "do not add up"));
}

static void registers_of_towns(void **state) {
  static const char *const green[] = {"\"objektid\":\"1\",\"marktyp\":\"öken\",\"tilltrade\":\"kanske\""};
  static const char *const roads[] = {"\"vagtyp\":\"a\",\"niva\":0,\"hastighet\":50,\"enkelriktad\":\"kanske\""};
  files *f = *state;
  const char *path = profile_layer(f, "g.geojson", 'a', 1, green);
  profile_unknown(f, "se", SUND_GREEN, path, "kind (field marktyp) has codes that are not known: öken; map");
  profile_unknown(f, "se", SUND_GREEN, path, "access (field tilltrade) has codes that are not known: kanske; map");
  profile_unknown(f, "se", SUND_PATHS, profile_layer(f, "v.geojson", 'l', 1, roads), "not known: kanske; map");
}

static void buildings_and_districts(void **state) {
  static const char *const rows[] = {"\"objektidentitet\":\"a\",\"objekttyp\":\"Bostad\",\"andamal1\":\"Småhus\"",
                                     "\"objektidentitet\":\"b\",\"objekttyp\":\"Industri\",\"andamal1\":\"x\""};
  static const char *const strange[] = {"\"objekttyp\":\"Slott\",\"andamal1\":\"x\""};
  static const char *const town[] = {
      "\"tatortskod\":\"1283TC101\",\"tatort\":\"Helsingborg\",\"kommunkod\":\"1283\","
      "\"kommunnamn\":\"Helsingborg\""};
  static const char *const deso[] = {"\"desokod\":\"1283A0010\",\"regsokod\":\"1283R001\",\"kommunkod\":\"1283\""};
  static const char *const regso[] = {"\"regsokod\":\"1283R001\",\"regsonamn\":\"Centrum\",\"kommunkod\":\"1283\""};
  files *f = *state;
  reading r;
  const sund_table *t = profile_read(f, "se", SUND_HOMES, profile_layer(f, "byggnad.geojson", 'a', 2, rows), &r);
  assert_int_equal(t->rows, 1);
  profile_unknown(f, "se", SUND_HOMES, profile_layer(f, "by.geojson", 'a', 1, strange), "not known: Slott; map them");
  t = profile_read(f, "se", SUND_AREAS, profile_layer(f, "Tatorter_2023.geojson", 'a', 1, town), &r);
  assert_string_equal(profile_text(t, "id", 0), "1283TC101");
  assert_string_equal(profile_text(t, "level", 0), "locality");
  t = profile_read(f, "se", SUND_AREAS, profile_layer(f, "DeSO_2025.geojson", 'a', 1, deso), &r);
  assert_string_equal(profile_text(t, "level", 0), "deso");
  t = profile_read(f, "se", SUND_AREAS, profile_layer(f, "RegSO_2025.geojson", 'a', 1, regso), &r);
  assert_string_equal(profile_text(t, "name", 0), "Centrum");
}

/* P07, P11, P23: bridges have a level, ferries are gates, new types of path are told. */
static void paths_of_nvdb(void **state) {
  static const char *const rows[] = {"\"GCMTYP\":100,\"KONTRUTION\":\"Överfart\"",
                                     "\"GCMTYP\":110,\"KONTRUTION\":null",
                                     "\"GCMTYP\":155,\"KONTRUTION\":\"underfart\""};
  static const char *const strange[] = {"\"GCMTYP\":180", "\"GCMTYP\":100", "\"GCMTYP\":185"};
  static const char *const bridges[] = {"\"KONTRUTION\":\"tunnel\",\"FPVKLASS\":5"};
  static const char *const odd[] = {"\"KONTRUTION\":\"akvedukt\",\"FPVKLASS\":5"};
  static const char *const ferry[] = {"\"FARJELEDNR\":1,\"minutes\":20"};
  static const char *const untimed[] = {"\"FARJELEDNR\":1"};
  files *f = *state;
  reading r;
  const sund_table *t = profile_read(f, "se", SUND_PATHS, profile_layer(f, "gcm.geojson", 'l', 3, rows), &r);
  const int64_t *level = sund_table_int(t, "level"), *walk = sund_table_int(t, "walk"),
                *bike = sund_table_int(t, "bike");
  assert_true(level[0] == 1 && level[1] == 0 && level[2] == -1);
  assert_true(walk[0] == 1 && walk[1] == 0 && walk[2] == 1);
  assert_true(bike[0] == 1 && bike[1] == 1 && bike[2] == 0);
  profile_unknown(f, "se", SUND_PATHS, profile_layer(f, "g.geojson", 'l', 3, strange),
                  "use (field GCMTYP) has codes that are not known: 180, 185; map them");
  t = profile_read(f, "se", SUND_PATHS, profile_layer(f, "Bro_och_tunnel.geojson", 'l', 1, bridges), &r);
  assert_true(sund_table_int(t, "level")[0] == -1);
  sund_ctx *own = sund_ctx_child(f->ctx);
  assert_int_equal(
      files_read(own, profile_source(f, "se", SUND_PATHS, profile_layer(f, "b.geojson", 'l', 1, odd), NULL), &r),
      SUND_DATA);
  sund_ctx_free(own);
  t = profile_read(f, "se", SUND_GATES, profile_layer(f, "NVDB_DKFarjeled.geojson", 'l', 1, ferry), &r);
  assert_true(sund_table_real(t, "minutes")[0] == 20);
  files_expect(f->ctx,
               profile_source(f, "se", SUND_GATES, profile_layer(f, "Farjeled.geojson", 'l', 1, untimed), NULL),
               SUND_SOURCE, "gates needs the column minutes", SUND_NO_FEATURE);
}

static void real_files(void **state) {
  static const struct {
    const char *file;
    sund_role role;
    size_t rows;
  } layers[] = {{"se/kommuner.gpkg", SUND_AREAS, 33},
                {"se/distrikt.gpkg", SUND_AREAS, 412},
                {"se/malmo_delomraden.gpkg", SUND_AREAS, 136},
                {"se/naturreservat.gpkg", SUND_GREEN, 400}};
  files *f = *state;
  if (!profile_real(f, layers[0].file)) skip();
  for (size_t k = 0; k < sizeof layers / sizeof *layers; k++) {
    reading r;
    sund_source source = profile_source(f, "se", layers[k].role, profile_real(f, layers[k].file), NULL);
    if (layers[k].role == SUND_GREEN) source.where = "OGR_GEOMETRY = 'MULTIPOLYGON'"; /* reserves of unknown extent */
    assert_ok(f->ctx, files_read(f->ctx, source, &r));
    const sund_table *table = r.table;
    assert_int_equal(r.reading.read, layers[k].rows);
    if (layers[k].role == SUND_GREEN) profile_green(table, 0, "protected", "public", "miljöbalken 7 kap.");
    else assert_string_equal(profile_text(table, "country", 0), "SE");
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      FILES_TEST(land_cover_of_nmd),
      FILES_TEST(land_cover_of_lantmateriet),
      FILES_TEST(protected_nature),
      FILES_TEST(northing_first),
      FILES_TEST(people_of_scb),
      FILES_TEST(registers_of_towns),
      FILES_TEST(buildings_and_districts),
      FILES_TEST(paths_of_nvdb),
      FILES_TEST(real_files),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
