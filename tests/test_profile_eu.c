/* test_profile_eu.c - the European profile on small layers with the documented field names, and on the real grid.
 * P15 ... are the pitfalls of access to nature that a test is about. */
#include "profile_files.h"

/* P15: gardens are in the urban fabric and never green; Urban Atlas 2021 tells public from private green, 2018 does
 * not. P23: 14100 became 141x0; a code that is new is told. */
static void urban_atlas(void **state) {
  static const char *const rows[] = {
      "\"identifier\":\"1\",\"code_2021\":\"14110\"", "\"identifier\":\"2\",\"code_2021\":\"14120\"",
      "\"identifier\":\"3\",\"code_2021\":\"14130\"", "\"identifier\":\"4\",\"code_2021\":\"11210\"",
      "\"identifier\":\"5\",\"code_2021\":\"14100\"", "\"identifier\":\"6\",\"code_2021\":\"33000\""};
  static const char *const old[] = {"\"identifier\":\"1\",\"code_2018\":\"14100\"",
                                    "\"identifier\":\"2\",\"code_2018\":\"31000\"",
                                    "\"identifier\":\"3\",\"code_2018\":\"11100\""};
  static const char *const numbers[] = {"\"identifier\":\"1\",\"CODE_2018\":14200"};
  static const char *const mixed[] = {"\"identifier\":\"1\",\"code_2018\":\"14110\"",
                                      "\"identifier\":\"2\",\"code_2018\":\"14120\"",
                                      "\"identifier\":\"3\",\"code_2018\":\"14100\""};
  static const char *const newer[] = {"\"identifier\":\"1\",\"code_2021\":\"14140\"",
                                      "\"identifier\":\"2\",\"code_2021\":\"34000\""};
  files *f = *state;
  reading r;
  const sund_table *green = profile_read(f, "eu", SUND_GREEN, profile_layer(f, "ua2021.geojson", 'a', 6, rows), &r);
  assert_int_equal(green->rows, 5);
  profile_green(green, 0, "park", "public", "");
  profile_green(green, 1, "park", "private", "");
  profile_green(green, 2, "park", "unknown", "");
  profile_green(green, 3, "park", "unknown", "");
  profile_green(green, 4, "beach", "unknown", "");
  green = profile_read(f, "eu", SUND_GREEN, profile_layer(f, "ua2018.geojson", 'a', 3, old), &r);
  assert_int_equal(green->rows, 2);
  profile_green(green, 0, "park", "unknown", "");
  profile_green(green, 1, "forest", "unknown", "");
  green = profile_read(f, "eu", SUND_GREEN, profile_layer(f, "ua.geojson", 'a', 1, numbers), &r);
  profile_green(green, 0, "sports", "unknown", "");
  profile_unknown(f, "eu", SUND_GREEN, profile_layer(f, "m.geojson", 'a', 3, mixed),
                  "kind (field code_2018) has codes that are not known: 14110, 14120; map them");
  profile_unknown(f, "eu", SUND_GREEN, profile_layer(f, "n.geojson", 'a', 2, newer),
                  "kind (field code_2021) has codes that are not known: 14140, 34000; map them");
}

/* P23: 4 is a wood and 9 is bare ground, whatever others' tables say. */
static void backbone(void **state) {
  static const int cells[] = {4, 4, 1, 6, 7, 9, 10, 253, 255, 5};
  static const int strange[] = {2, 12, 13};
  files *f = *state;
  reading r;
  const char *path =
      profile_raster(f, "clms_clcplus_ras_s2023_r10m_e44n36_03035_v01_r00.tif", 3035, 4450000, 3660000, 10, cells);
  const sund_table *green = profile_read(f, "eu", SUND_GREEN, path, &r);
  assert_int_equal(green->rows, 4);
  for (size_t i = 0; i < green->rows; i++) {
    const char *kind = profile_text(green, "kind", i);
    if (strcmp(kind, "forest") && strcmp(kind, "meadow") && strcmp(kind, "lake") && strcmp(kind, "other")) fail();
    profile_green(green, i, kind, "unknown", "");
  }
  path = profile_raster(f, "CLCplus_2021.tif", 3035, 4450000, 3660000, 3, strange);
  profile_unknown(f, "eu", SUND_GREEN, path, "has codes that are not known: 12, 13; map them");
}

/* P20 on Eurostat's grid; a count below zero is no count. */
static void census(void **state) {
  static const char *const rows[] = {
      "\"GRD_ID\":\"a\",\"T\":10,\"M\":5,\"F\":6,\"Y_LT15\":2,\"Y_1564\":6,\"Y_GE65\":2,\"EMP\":5",
      "\"GRD_ID\":\"b\",\"T\":4,\"M\":2,\"F\":2,\"Y_LT15\":-9999,\"Y_1564\":-9999,\"Y_GE65\":-9999,\"EMP\":-9999",
      "\"GRD_ID\":\"c\",\"T\":-9999,\"M\":0,\"F\":0,\"Y_LT15\":0,\"Y_1564\":0,\"Y_GE65\":0,\"EMP\":0"};
  static const char *const below[] = {"\"GRD_ID\":\"a\",\"T\":-1"};
  files *f = *state;
  reading r;
  const sund_table *homes = profile_read(f, "eu", SUND_HOMES, profile_layer(f, "c.geojson", 'a', 3, rows), &r);
  assert_int_equal(homes->rows, 2);
  assert_true(sund_table_real(homes, "group_65_plus")[0] == 2 && isnan(sund_table_real(homes, "group_65_plus")[1]));
  assert_null(files_finding(&r, "do not add up"));
  files_expect(f->ctx, profile_source(f, "eu", SUND_HOMES, profile_layer(f, "d.geojson", 'a', 1, below), NULL),
               SUND_DATA, "persons is -1, below 0", 0);
  const char *path = profile_real(f, "both/census2021_1km_oresund.gpkg");
  if (!path) skip();
  homes = profile_read(f, "eu", SUND_HOMES, path, &r);
  double people = 0;
  for (size_t i = 0; i < homes->rows; i++) people += sund_table_real(homes, "persons")[i];
  assert_true(people == 3738682);
  assert_non_null(files_finding(&r, "do not add up to persons in 6843 of 14318 rows: 13415 of"));
}

int main(void) {
  const struct CMUnitTest tests[] = {FILES_TEST(urban_atlas), FILES_TEST(backbone), FILES_TEST(census)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
