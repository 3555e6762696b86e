/* test_profile_dk.c - the Danish profile on small layers with the registers' field names, and on the real data.
 * P16 ... are the pitfalls of access to nature that a test is about. */
#include "profile_files.h"

/* P16: private woods are open on paths from 6 to sunset only, so they are a class of their own; P26: names in any
 * spelling. */
static void forests_by_owner(void **state) {
  static const char *const rows[] = {
      "\"id_lokalid\":\"1\",\"EJERSKOV\":\"Offentlig\"", "\"id_lokalid\":\"2\",\"EJERSKOV\":\"privat\"",
      "\"id_lokalid\":\"3\",\"EJERSKOV\":\"Ukendt\"", "\"id_lokalid\":\"4\",\"EJERSKOV\":null"};
  static const char *const gml[] = {"\"id.lokalId\":\"a\",\"ejerSkov\":\"Privat\""};
  static const char *const ownerless[] = {"\"id_lokalId\":\"a\""};
  static const char *const strange[] = {
      "\"id_lokalId\":\"1\",\"ejerSkov\":\"Kirke\"", "\"id_lokalId\":\"2\",\"ejerSkov\":\"Privat\"",
      "\"id_lokalId\":\"3\",\"ejerSkov\":\"Fond\"", "\"id_lokalId\":\"4\",\"ejerSkov\":\"Kirke\""};
  files *f = *state;
  reading r;
  const sund_table *green = profile_read(f, "dk", SUND_GREEN, profile_layer(f, "skov.geojson", 'a', 4, rows), &r);
  profile_green(green, 0, "forest", "public", "§ 23 stk. 1");
  profile_green(green, 1, "forest", "restricted", "§ 23 stk. 5");
  profile_green(green, 2, "forest", "unknown", "");
  profile_green(green, 3, "forest", "unknown", "");
  assert_string_equal(profile_text(green, "id", 1), "2");
  green = profile_read(f, "dk", SUND_GREEN, profile_layer(f, "Skov.geojson", 'a', 1, gml), &r);
  assert_string_equal(profile_text(green, "id", 0), "a");
  profile_green(green, 0, "forest", "restricted", "§ 23 stk. 5");
  green = profile_read(f, "dk", SUND_GREEN, profile_layer(f, "SKOV.geojson", 'a', 1, ownerless), &r);
  profile_green(green, 0, "forest", "unknown", "");
  profile_unknown(f, "dk", SUND_GREEN, profile_layer(f, "skov.geojson", 'a', 4, strange),
                  "access (field ejerSkov) has codes that are not known: Kirke, Fond; map them");
}

/* P16: on a winter evening only what is public counts, by day on paths the restricted too. */
static void the_class_of_a_wood_changes_the_count(void **state) {
  static const char *const rows[] = {"\"id_lokalId\":\"1\",\"ejerSkov\":\"Offentlig\"",
                                     "\"id_lokalId\":\"2\",\"ejerSkov\":\"Privat\"",
                                     "\"id_lokalId\":\"3\",\"ejerSkov\":\"Ukendt\""};
  files *f = *state;
  reading r;
  sund_standard standard;
  size_t count = 0, open[3] = {0};
  const sund_table *green = profile_read(f, "dk", SUND_GREEN, profile_layer(f, "skov.geojson", 'a', 3, rows), &r);
  assert_ok(f->ctx, sund_standard_read(f->ctx, "forest", ".", (sund_mark){0}, 1, &standard, &count));
  static const uint32_t readings[] = {1u, 1u | 2u, 1u | 2u | 8u}; /* public; with restricted; with unknown */
  const sund_choice *classes = NULL;
  const sund_role_info *role = sund_role_of(SUND_GREEN);
  for (size_t c = 0; c < role->columns; c++)
    if (strcmp(role->column[c].field.name, "access") == 0) classes = role->column[c].field.choices;
  assert_non_null(classes);
  for (size_t k = 0; k < 3; k++)
    for (size_t i = 0; i < green->rows; i++)
      for (size_t bit = 0; classes[bit].value; bit++)
        open[k] += (readings[k] >> bit & 1u) && strcmp(classes[bit].value, profile_text(green, "access", i)) == 0;
  assert_int_equal(open[0], 1);
  assert_int_equal(open[1], 2);
  assert_int_equal(open[2], 3);
}

static void nature_of_geodanmark(void **state) {
  static const char *const rows[] = {"\"id_lokalId\":\"1\",\"virkningFra\":\"2020-01-01\""};
  static const char *const themes[][4] = {
      {"hede.geojson", "meadow", "restricted", "§ 24"},     {"vaadomraade.geojson", "wetland", "restricted", "§ 24"},
      {"sandklit.geojson", "beach", "restricted", "§ 24"},  {"soe.geojson", "lake", "unknown", ""},
      {"rekreativtomraade.geojson", "park", "unknown", ""}, {"begravelsesomraade.geojson", "cemetery", "unknown", ""},
      {"sportsbane.geojson", "sports", "unknown", ""},      {"kratbevoksning.geojson", "other", "unknown", ""}};
  files *f = *state;
  for (size_t i = 0; i < sizeof themes / sizeof *themes; i++) {
    reading r;
    profile_green(profile_read(f, "dk", SUND_GREEN, profile_layer(f, themes[i][0], 'a', 1, rows), &r), 0,
                  themes[i][1], themes[i][2], themes[i][3]);
  }
}

static void protected_nature(void **state) {
  static const char *const types[] = {"\"Objekt_id\":\"1\",\"Natyp_kode\":3405,\"Natyp_navn\":\"Overdrev\"",
                                      "\"Objekt_id\":\"2\",\"Natyp_kode\":3401,\"Natyp_navn\":\"MOSE\"",
                                      "\"Objekt_id\":\"3\",\"Natyp_kode\":3402,\"Natyp_navn\":\"Soe\""};
  static const char *const strange[] = {"\"Objekt_id\":\"1\",\"Natyp_navn\":\"Kildevæld\"",
                                        "\"Objekt_id\":\"1\",\"Natyp_navn\":\"Klit\""};
  static const char *const rulings[] = {
      "\"Reg_nr\":\"07213.00\",\"Fred_navn\":\"Hellebækgård\",\"Fred_tnavn\":\"x\""};
  static const char *const natura[] = {"\"temanavn\":\"habitat_omr\",\"objekt_id\":\"7\""};
  files *f = *state;
  reading r;
  const sund_table *green =
      profile_read(f, "dk", SUND_GREEN, profile_layer(f, "bes_naturtyper.geojson", 'a', 3, types), &r);
  profile_green(green, 0, "meadow", "restricted", "§ 24");
  profile_green(green, 1, "wetland", "restricted", "§ 24");
  profile_green(green, 2, "lake", "unknown", "");
  profile_unknown(f, "dk", SUND_GREEN, profile_layer(f, "p3.geojson", 'a', 2, strange),
                  "kind (field Natyp_navn) has codes that are not known: Kildevæld, Klit; map them");
  green = profile_read(f, "dk", SUND_GREEN, profile_layer(f, "fredede_omr.geojson", 'a', 1, rulings), &r);
  profile_green(green, 0, "protected", "unknown", "");
  assert_string_equal(profile_text(green, "id", 0), "07213.00");
  assert_string_equal(profile_text(green, "name", 0), "Hellebækgård");
  green = profile_read(f, "dk", SUND_GREEN, profile_layer(f, "habitat_omr.geojson", 'a', 1, natura), &r);
  profile_green(green, 0, "protected", "unknown", "");
}

/* P17: golf is for those who pay. */
static void facilities_of_geofa(void **state) {
  static const char *const rows[] = {"\"objekt_id\":\"a\",\"facil_ty_k\":4091,\"navn\":\"Golf\"",
                                     "\"objekt_id\":\"b\",\"facil_ty_k\":1061,\"navn\":\"Strand\"",
                                     "\"objekt_id\":\"c\",\"facil_ty_k\":2121,\"navn\":\"Nationalpark\"",
                                     "\"objekt_id\":\"d\",\"facil_ty_k\":2051,\"navn\":\"Park\""};
  static const char *const strange[] = {"\"objekt_id\":\"a\",\"facil_ty_k\":7777",
                                        "\"objekt_id\":\"b\",\"facil_ty_k\":1031",
                                        "\"objekt_id\":\"c\",\"facil_ty_k\":8888"};
  static const char *const stiles[] = {"\"objekt_id\":\"a\",\"facil_ty_k\":1321",
                                       "\"objekt_id\":\"b\",\"facil_ty_k\":1012"};
  static const char *const routes[] = {"\"rute_ty_k\":5,\"rute_ty\":\"Vandrerute\"",
                                       "\"rute_ty_k\":9,\"rute_ty\":\"Sejlrute\""};
  static const char *const flying[] = {"\"rute_ty_k\":99,\"rute_ty\":\"Flyverute\""};
  files *f = *state;
  reading r;
  const sund_table *green =
      profile_read(f, "dk", SUND_GREEN, profile_layer(f, "t_5801_fac_fl.geojson", 'a', 4, rows), &r);
  assert_int_equal(green->rows, 3); /* a national park is a plan */
  assert_int_equal(r.reading.rejected, 1);
  assert_non_null(files_finding(&r, "1 feature whose code is mapped to skip, left out; the first is 2"));
  profile_green(green, 0, "sports", "restricted", "");
  profile_green(green, 1, "beach", "public", "§ 22");
  profile_green(green, 2, "park", "public", "");
  profile_unknown(f, "dk", SUND_GREEN, profile_layer(f, "t_5800_fac_pkt.geojson", 'p', 3, strange),
                  "kind (field facil_ty_k) has codes that are not known: 7777, 8888; map them");
  const sund_table *gates =
      profile_read(f, "dk", SUND_ENTRANCES, profile_layer(f, "t_5800_fac_pkt.geojson", 'p', 2, stiles), &r);
  assert_int_equal(gates->rows, 1);
  const sund_table *paths =
      profile_read(f, "dk", SUND_PATHS, profile_layer(f, "t_5802_fac_li.geojson", 'l', 2, routes), &r);
  assert_int_equal(paths->rows, 1);
  assert_string_equal(profile_text(paths, "class", 0), "Vandrerute");
  assert_int_equal(sund_table_int(paths, "car")[0], 0);
  profile_unknown(f, "dk", SUND_PATHS, profile_layer(f, "fkg.t_5802_fac_li.geojson", 'l', 1, flying),
                  "use (field rute_ty_k) has codes that are not known: 99; map them under codes to: take, skip");
}

/* P19, P27: homes by use, one row a building however often it changed. */
static void buildings_of_bbr(void **state) {
#define HOUSE(id, use, flats, from)                                 \
  "\"id_lokalId\":\"" id "\",\"byg021BygningensAnvendelse\":\"" use \
  "\","                                                             \
  "\"byg024AntalLejlighederMedKoekken\":" flats ",\"virkningFra\":\"" from "\""
  static const char *const rows[] = {
      HOUSE("a", "120", "1", "2001-05-01T00:00:00Z"), HOUSE("a", "140", "6", "2019-05-01T00:00:00Z"),
      HOUSE("b", "510", "1", "2001-05-01T00:00:00Z"), HOUSE("c", "120", "1", "1990-01-01T00:00:00Z"),
      HOUSE("c", "322", "0", "2010-01-01T00:00:00Z"), HOUSE("d", "190", "2", "2005-01-01T00:00:00Z"),
      HOUSE("a", "120", "1", "2015-05-01T00:00:00Z")};
  static const char *const strange[] = {HOUSE("a", "120", "1", "2001"), HOUSE("b", "777", "1", "2001"),
                                        HOUSE("c", "778", "1", "2001")};
  static const char *const shape[] = {"\"id_lokalId\":\"a\",\"BYG021BYGN\":\"130\",\"byg024Anta\":3"};
  static const char *const units[] = {"\"id_lokalId\":\"a\",\"enh020EnhedensAnvendelse\":\"140\"",
                                      "\"id_lokalId\":\"b\",\"enh020EnhedensAnvendelse\":\"321\""};
  static const char *const odd_unit[] = {"\"id_lokalId\":\"a\",\"enh020EnhedensAnvendelse\":\"141\""};
  files *f = *state;
  reading r;
  const sund_table *homes = profile_read(f, "dk", SUND_HOMES, profile_layer(f, "bygning.geojson", 'p', 7, rows), &r);
  assert_int_equal(homes->rows, 2);
  assert_string_equal(profile_text(homes, "id", 0), "a");
  assert_true(sund_table_real(homes, "persons")[0] == 6);
  assert_string_equal(profile_text(homes, "id", 1), "d");
  assert_int_equal(r.reading.rejected, 5);
  assert_non_null(files_finding(&r, "3 features of which the source has a newer version, left out; the first is 0"));
  assert_non_null(files_finding(&r, "2 features whose code is mapped to skip, left out; the first is 2"));
  profile_unknown(
      f, "dk", SUND_HOMES, profile_layer(f, "b.geojson", 'p', 3, strange),
      "use (field byg021BygningensAnvendelse) has codes that are not known: 777, 778; map them under codes "
      "to: take, skip; known codes: 110, 120");
  homes = profile_read(f, "dk", SUND_HOMES, profile_layer(f, "shape.geojson", 'p', 1, shape), &r);
  assert_true(sund_table_real(homes, "dwellings")[0] == 3);
  homes = profile_read(f, "dk", SUND_HOMES, profile_layer(f, "enhed.geojson", 'p', 2, units), &r);
  assert_int_equal(homes->rows, 1);
  assert_true(sund_table_real(homes, "dwellings")[0] == 1);
  profile_unknown(f, "dk", SUND_HOMES, profile_layer(f, "e.geojson", 'p', 1, odd_unit), "not known: 141; map them");
}

static void roads_and_districts(void **state) {
  static const char *const roads[] = {
      "\"vejkategori\":\"Cykelsti langs vej\",\"trafikart\":\"x\",\"niveau\":1,\"status\":\"Anlagt\"",
      "\"vejkategori\":\"y\",\"trafikart\":\"x\",\"niveau\":0,\"status\":\"Under anlæg\""};
  static const char *const strange[] = {
      "\"vejkategor\":\"y\",\"trafikart\":\"x\",\"niveau\":0,\"status\":\"Sløjfet\""};
  static const char *const parish[] = {"\"sognekode\":\"7445\",\"navn\":\"Sankt Mariæ\",\"kommunekode\":\"0217\""};
  static const char *const post[] = {"\"postnr\":\"3000\",\"navn\":\"Helsingør\""};
  static const char *const dagi[] = {"\"kommunekode\":\"0217\",\"navn\":\"Helsingør\",\"id_lokalId\":\"389123\""};
  files *f = *state;
  reading r;
  const sund_table *t = profile_read(f, "dk", SUND_PATHS, profile_layer(f, "vejmidte.geojson", 'l', 2, roads), &r);
  assert_int_equal(t->rows, 1);
  assert_string_equal(profile_text(t, "class", 0), "Cykelsti langs vej");
  assert_int_equal(sund_table_int(t, "level")[0], 1);
  profile_unknown(f, "dk", SUND_PATHS, profile_layer(f, "v.geojson", 'l', 1, strange), "not known: Sløjfet; map");
  t = profile_read(f, "dk", SUND_AREAS, profile_layer(f, "sogneinddeling.geojson", 'a', 1, parish), &r);
  assert_string_equal(profile_text(t, "level", 0), "parish");
  assert_string_equal(profile_text(t, "id", 0), "7445");
  t = profile_read(f, "dk", SUND_AREAS, profile_layer(f, "postnummerinddeling.geojson", 'a', 1, post), &r);
  assert_string_equal(profile_text(t, "level", 0), "postcode");
  t = profile_read(f, "dk", SUND_AREAS, profile_layer(f, "kommuneinddeling.geojson", 'a', 1, dagi), &r);
  assert_string_equal(profile_text(t, "id", 0), "0217");
  assert_string_equal(profile_text(t, "country", 0), "DK");
  assert_string_equal(profile_text(t, "level", 0), "municipality");
}

/* P28: heights of vertices are dropped, arcs become chords, a ring that crosses itself is repaired; all of it told. */
static void curves_heights_and_crossings(void **state) {
  static const char *const wkt[] = {
      "POLYGON Z ((720000 6214000 5,720100 6214000 6,720100 6214100 7,720000 6214100 5,720000 6214000 5))",
      "CURVEPOLYGON (CIRCULARSTRING (720200 6214000,720300 6214000,720200 6214000))",
      "POLYGON ((720400 6214000,720500 6214100,720500 6214000,720400 6214100,720400 6214000))"};
  files *f = *state;
  reading r;
  const char *path =
      files_layer(f, "skov.gpkg", (layer_spec){"GPKG", "skov", 25832, wkbUnknown, sizeof wkt / sizeof *wkt, wkt});
  assert_ok(f->ctx, files_read(f->ctx, files_source(SUND_GREEN, path), &r));
  assert_int_equal(r.table->rows, 3);
  assert_non_null(files_finding(&r, "with arcs, drawn as chords"));
  assert_non_null(files_finding(&r, "invalid area repaired"));
  double square = 0, area = 0;
  const sund_shapes *shapes = r.table->shapes;
  for (size_t i = 0; i < 3; i++) {
    area = 0;
    for (size_t part = shapes->first_part[i]; part < shapes->first_part[i + 1]; part++)
      for (size_t v = shapes->first_vertex[part]; v + 1 < shapes->first_vertex[part + 1]; v++)
        area += (shapes->x[v] - 720000) * (shapes->y[v + 1] - 6214000) -
                (shapes->x[v + 1] - 720000) * (shapes->y[v] - 6214000);
    area = fabs(area) / 2;
    if (i == 0) square = area;
    if (i == 1) assert_true(fabs(area - M_PI * 50 * 50) < 0.01 * M_PI * 50 * 50);
    if (i == 2) assert_true(fabs(area - 5000) < 1e-6);
  }
  assert_true(fabs(square - 10000) < 1e-6);
}

/* P23: what is new in the layers that have one field of types. */
static void new_types(void **state) {
  static const struct {
    const char *file;
    char shape;
    sund_role role;
    const char *row, *message;
  } layers[] = {
      {"land_beskyttnatur_flade.geojson", 'a', SUND_GREEN, "\"gruppe\":\"x\",\"type\":\"Beskyttet hav\"",
       "kind (field type) has codes that are not known: Beskyttet hav; map"},
      {"land_frednatpark.geojson", 'a', SUND_GREEN, "\"gruppe\":\"x\",\"type\":\"Geopark\"",
       "not known: Geopark; map"},
      {"land_anvendelse.geojson", 'a', SUND_GREEN, "\"gruppe\":\"x\",\"type\":\"Solceller\"",
       "not known: Solceller; map"},
      {"land_udflugt.geojson", 'p', SUND_GREEN, "\"gruppe\":\"x\",\"type\":\"Havbad\"", "not known: Havbad; map"},
      {"register.geojson", 'a', SUND_GREEN, "\"id\":\"1\",\"naturtype\":\"ørken\",\"offentlig_adgang\":\"måske\"",
       "kind (field naturtype) has codes that are not known: ørken; map them under codes to: "},
      {"register.geojson", 'a', SUND_GREEN, "\"id\":\"1\",\"naturtype\":\"ørken\",\"offentlig_adgang\":\"måske\"",
       "access (field offentlig_adgang) has codes that are not known: måske; map"},
      {"veje.geojson", 'l', SUND_PATHS, "\"vejklasse\":\"a\",\"niveau\":0,\"hastighed\":50,\"ensrettet\":\"måske\"",
       "not known: måske; map"},
  };
  files *f = *state;
  for (size_t i = 0; i < sizeof layers / sizeof *layers; i++)
    profile_unknown(f, "dk", layers[i].role, profile_layer(f, layers[i].file, layers[i].shape, 1, &layers[i].row),
                    layers[i].message);
}

/* Every layer of the real extracts that the profile has an entry for: no code that it does not know. */
static void real_extracts(void **state) {
  static const char *const places[] = {"0157", "0173", "0217", "0219", "0223"};
  static const struct {
    const char *layer;
    sund_role role;
  } layers[] = {{"land_anvendelse", SUND_GREEN},
                {"land_frednatpark", SUND_GREEN},
                {"land_udflugt", SUND_GREEN},
                {"land_beskyttnatur_flade", SUND_GREEN},
                {"rute_cykel", SUND_PATHS}};
  files *f = *state;
  if (!profile_real(f, "dk/kommuner.gpkg")) skip();
  for (size_t p = 0; p < sizeof places / sizeof *places; p++)
    for (size_t k = 0; k < sizeof layers / sizeof *layers; k++) {
      char name[64];
      snprintf(name, sizeof name, "dk/%s/%s.gpkg", places[p], layers[k].layer);
      const char *path = profile_real(f, name);
      reading r;
      if (!path) continue;
      const sund_table *table = profile_read(f, "dk", layers[k].role, path, &r);
      assert_int_equal(r.reading.used + r.reading.rejected, r.reading.read);
      assert_string_equal(r.reading.profile, "dk");
      for (size_t i = 0; layers[k].role == SUND_GREEN && i < table->rows; i++)
        assert_true(strcmp(profile_text(table, "kind", i), "skip") != 0);
    }
  reading r;
  const sund_table *parks = profile_read(f, "dk", SUND_GREEN, profile_real(f, "dk/0217/land_frednatpark.gpkg"), &r);
  assert_int_equal(parks->rows, 111); /* 110 rulings and a Naturnationalpark; 69 pieces of Nationalpark left out */
  const sund_table *beaches = profile_read(f, "dk", SUND_GREEN, profile_real(f, "dk/0217/land_udflugt.gpkg"), &r);
  assert_int_equal(beaches->rows, 2);
  profile_green(beaches, 0, "beach", "public", "§ 22");
  const sund_table *towns = profile_read(f, "dk", SUND_AREAS, profile_real(f, "dk/kommuner.gpkg"), &r);
  assert_true(towns->rows >= 40);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      FILES_TEST(forests_by_owner),
      FILES_TEST(the_class_of_a_wood_changes_the_count),
      FILES_TEST(nature_of_geodanmark),
      FILES_TEST(protected_nature),
      FILES_TEST(facilities_of_geofa),
      FILES_TEST(buildings_of_bbr),
      FILES_TEST(roads_and_districts),
      FILES_TEST(curves_heights_and_crossings),
      FILES_TEST(new_types),
      FILES_TEST(real_extracts),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
