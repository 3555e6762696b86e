/* test_profile.c - profiles: the shipped ones on the layers they are for, what wins over what, mistakes in own ones. */
#include <unistd.h>

#include "sund/layers.h"
#include "support.h"

static const char *message_of(sund_ctx *ctx) {
  const char *message = NULL;
  sund_failure(ctx, &message, NULL, NULL);
  return message ? message : "";
}

/* Applies shipped profiles (names separated by a space) to a layer with these fields (likewise). */
static void apply(sund_ctx *ctx, const char *profiles, const char *layer, const char *fields, sund_source *source) {
  sund_profile *profile[4];
  const char *field[40];
  size_t count = 0, field_count = 0;
  char *rest = NULL;
  for (char *name = strtok_r(sund_text_copy(ctx, profiles), " ", &rest); name; name = strtok_r(NULL, " ", &rest))
    assert_ok(ctx, sund_profile_read(ctx, name, &profile[count++]));
  for (char *name = strtok_r(sund_text_copy(ctx, fields), " ", &rest); name; name = strtok_r(NULL, " ", &rest))
    field[field_count++] = name;
  assert_ok(ctx, sund_profile_apply(ctx, count, profile, field_count, field, layer, source));
}

static const char *pair_of(size_t count, const sund_pair *pair, const char *key) {
  for (size_t k = 0; k < count; k++)
    if (strcmp(pair[k].key, key) == 0) return pair[k].value;
  return "";
}

static const char *field_of(const sund_source *s, const char *column) {
  return pair_of(s->fields, s->field, column);
}
static const char *set_of(const sund_source *s, const char *column) {
  return pair_of(s->sets, s->set, column);
}

/* What a code becomes, by the first rule for it, as the reader takes it. */
static const char *code_of(const sund_source *s, const char *column, const char *code) {
  for (size_t k = 0; k < s->recodes; k++)
    if (strcmp(s->recode[k].column, column) == 0 && strcmp(s->recode[k].from, code) == 0) return s->recode[k].to;
  return "";
}

static void danish_and_swedish_registers_are_mapped(void **state) {
  sund_ctx *ctx = *state;
  sund_source s = {.role = SUND_GREEN};
  apply(ctx, "dk se", "green", "id navn naturtype offentlig_adgang", &s);
  assert_string_equal(s.profile, "dk");
  assert_string_equal(field_of(&s, "kind"), "naturtype");
  assert_string_equal(field_of(&s, "access"), "offentlig_adgang");
  assert_string_equal(code_of(&s, "kind", "sø"), "lake");
  assert_string_equal(code_of(&s, "access", "delvis"), "restricted");
  assert_non_null(s.licence);
  s = (sund_source){.role = SUND_GREEN};
  apply(ctx, "dk se", "grønt", "objektid namn marktyp tilltrade", &s);
  assert_string_equal(s.profile, "se");
  assert_string_equal(field_of(&s, "id"), "objektid");
  assert_string_equal(code_of(&s, "kind", "koloniområde"), "allotment");
  s = (sund_source){.role = SUND_HOMES};
  apply(ctx, "dk se", "h", "byggnad_id bef_tot bostader ald_0_17 ald_18_64 ald_65_plus", &s);
  assert_string_equal(field_of(&s, "persons"), "bef_tot");
  assert_string_equal(field_of(&s, "group_65_plus"), "ald_65_plus");
  s = (sund_source){.role = SUND_HOMES};
  apply(ctx, "dk se", "h", "adgangsadresse_id personer boliger alder_0_17 alder_18_64 alder_65_plus", &s);
  assert_string_equal(field_of(&s, "dwellings"), "boliger");
  assert_string_equal(field_of(&s, "group_0_17"), "alder_0_17");
  s = (sund_source){.role = SUND_PATHS};
  apply(ctx, "dk se", "paths", "vejklasse niveau hastighed ensrettet", &s);
  assert_string_equal(field_of(&s, "speed_kmh"), "hastighed");
  assert_string_equal(code_of(&s, "oneway", "ja"), "yes");
  s = (sund_source){.role = SUND_PATHS};
  apply(ctx, "dk se", "paths", "vagtyp niva hastighet enkelriktad", &s);
  assert_string_equal(field_of(&s, "class"), "vagtyp");
  assert_string_equal(code_of(&s, "oneway", "nej"), "no");
}

static void areas_places_and_walls_are_mapped(void **state) {
  sund_ctx *ctx = *state;
  sund_source s = {.role = SUND_AREAS};
  apply(ctx, "dk se", "kommuner", "kommunekode navn", &s);
  assert_string_equal(field_of(&s, "id"), "kommunekode");
  assert_string_equal(set_of(&s, "country"), "DK");
  /* Voting districts name their municipality too: they are no municipalities. */
  s = (sund_source){.role = SUND_AREAS};
  apply(ctx, "dk se", "afstemningsomraade", "kommunekode navn nummer", &s);
  assert_null(s.profile);
  s = (sund_source){.role = SUND_AREAS};
  apply(ctx, "dk se", "DeSO_2025", "desokod regsokod kommunkod kommunnamn", &s);
  assert_string_equal(field_of(&s, "id"), "desokod");
  assert_string_equal(set_of(&s, "level"), "deso");
  s = (sund_source){.role = SUND_AREAS};
  apply(ctx, "dk se", "areas", "kommunkod kommunnamn", &s);
  assert_string_equal(field_of(&s, "name"), "kommunnamn");
  s = (sund_source){.role = SUND_PLACES};
  apply(ctx, "dk se", "p", "platsid namn", &s);
  assert_string_equal(field_of(&s, "id"), "platsid");
  s = (sund_source){.role = SUND_BARRIERS};
  apply(ctx, "dk se", "b", "kronhojd_m", &s);
  assert_string_equal(field_of(&s, "crest_m"), "kronhojd_m");
  assert_string_equal(s.heights, "EPSG:5613");
  s = (sund_source){.role = SUND_OPENINGS};
  apply(ctx, "dk se", "o", "bundkote_m bredde_m", &s);
  assert_string_equal(field_of(&s, "width_m"), "bredde_m");
  assert_string_equal(s.heights, "EPSG:5799");
}

/* Fields as the layers of the real data have them. */
static void real_layers_are_mapped(void **state) {
  sund_ctx *ctx = *state;
  sund_source s = {.role = SUND_GREEN};
  apply(ctx, "dk", "land_anvendelse", "gruppe type", &s);
  assert_string_equal(code_of(&s, "kind", "Sportsanlæg"), "sports");
  assert_string_equal(code_of(&s, "kind", "Lav bebyggelse"), "skip");
  s = (sund_source){.role = SUND_GREEN};
  apply(ctx, "dk", "land_frednatpark", "gruppe type", &s);
  assert_string_equal(code_of(&s, "kind", "Fredet område"), "protected");
  assert_string_equal(code_of(&s, "kind", "Nationalpark"), "skip");
  s = (sund_source){.role = SUND_GREEN};
  apply(ctx, "se", "naturreservat", "nvrid wikidata name licence", &s);
  assert_string_equal(field_of(&s, "id"), "nvrid");
  s = (sund_source){.role = SUND_HOMES};
  apply(ctx, "dk se eu", "census2021", "GRD_ID T M F Y_LT15 Y_1564 Y_GE65 EMP LAND_SURFACE", &s);
  assert_string_equal(s.profile, "eu");
  assert_string_equal(field_of(&s, "persons"), "T");
  assert_string_equal(field_of(&s, "group_employed"), "EMP");
  assert_string_equal(s.licence, "Eurostat");
  s = (sund_source){.role = SUND_JOBS};
  apply(ctx, "eu", "census2021", "GRD_ID T EMP", &s);
  assert_null(s.profile);
  s = (sund_source){.role = SUND_AREAS};
  apply(ctx, "dk", "dk_kommuner", "wof_id name placetype code population", &s);
  assert_string_equal(field_of(&s, "id"), "code");
  s = (sund_source){.role = SUND_GREEN};
  apply(ctx, "dk", "bes_naturtyper", "objekt_id natyp_kode natyp_navn", &s);
  assert_string_equal(field_of(&s, "kind"), "natyp_navn");
  assert_string_equal(code_of(&s, "kind", "Overdrev"), "meadow");
}

static void nothing_fits_nothing_changes(void **state) {
  sund_ctx *ctx = *state;
  sund_source s = {.role = SUND_GREEN, .path = "x"};
  apply(ctx, "dk se eu osm", "mine", "kind access", &s);
  assert_null(s.profile);
  assert_int_equal(s.fields + s.sets + s.recodes, 0);
  assert_null(s.where);
  assert_null(s.licence);
  apply(ctx, "dk", NULL, "kind access", &s);
  assert_null(s.profile);
}

static void what_the_source_says_wins(void **state) {
  sund_ctx *ctx = *state;
  sund_pair field[] = {{"id", "objid", {NULL, 0, 0}}}, set[] = {{"access", "public", {NULL, 0, 0}}};
  sund_recode recode[] = {{"kind", "skov", "park"}};
  sund_source s = {.role = SUND_GREEN,
                   .fields = 1,
                   .field = field,
                   .sets = 1,
                   .set = set,
                   .recodes = 1,
                   .recode = recode,
                   .licence = "mine",
                   .where = "a = 1"};
  apply(ctx, "dk", "g", "id navn naturtype offentlig_adgang objid", &s);
  assert_string_equal(field_of(&s, "id"), "objid");
  assert_string_equal(field_of(&s, "kind"), "naturtype");
  assert_string_equal(field_of(&s, "access"), "");
  assert_string_equal(set_of(&s, "access"), "public");
  assert_string_equal(code_of(&s, "kind", "skov"), "park");
  assert_string_equal(code_of(&s, "kind", "eng"), "meadow");
  assert_string_equal(code_of(&s, "access", "ja"), "");
  assert_string_equal(s.licence, "mine");
  assert_string_equal(s.where, "a = 1");
}

/* The user's own field has values of its own: codes of the profile's field say nothing about them. */
static void codes_stay_with_their_field(void **state) {
  sund_ctx *ctx = *state;
  sund_pair field[] = {{"kind", "min_type", {NULL, 0, 0}}};
  sund_source s = {.role = SUND_GREEN, .fields = 1, .field = field};
  apply(ctx, "dk", "g", "naturtype offentlig_adgang min_type", &s);
  assert_string_equal(code_of(&s, "kind", "skov"), "");
  assert_string_equal(code_of(&s, "access", "ja"), "public");
  sund_pair same[] = {{"kind", "Naturtype", {NULL, 0, 0}}};
  s = (sund_source){.role = SUND_GREEN, .fields = 1, .field = same};
  apply(ctx, "dk", "g", "NATURTYPE offentlig_adgang", &s);
  assert_string_equal(code_of(&s, "kind", "skov"), "forest");
  sund_recode all[] = {{"kind", "*", "other"}};
  s = (sund_source){.role = SUND_GREEN, .recodes = 1, .recode = all};
  apply(ctx, "dk", "g", "naturtype offentlig_adgang", &s);
  assert_string_equal(code_of(&s, "kind", "skov"), "");
  assert_string_equal(code_of(&s, "kind", "*"), "other");
}

static void fields_are_found_in_any_spelling(void **state) {
  sund_ctx *ctx = *state;
  sund_source s = {.role = SUND_HOMES};
  apply(ctx, "se", "h", "BYGGNAD_ID Bef_Tot Bostäder", &s);
  assert_string_equal(field_of(&s, "persons"), "Bef_Tot");
  assert_string_equal(field_of(&s, "dwellings"), "Bostäder");
  assert_string_equal(field_of(&s, "group_0_17"), "");
}

/* A profile of one's own, read from a file. */
static sund_code read_own(sund_ctx *ctx, const char *text, sund_profile **out) {
  char folder[] = P_tmpdir "/sund-profile-XXXXXX", path[64];
  assert_non_null(mkdtemp(folder));
  snprintf(path, sizeof path, "%s/no.yaml", folder);
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  assert_true(fputs(text, file) >= 0);
  fclose(file);
  sund_code code = sund_profile_read(ctx, path, out);
  unlink(path);
  rmdir(folder);
  return code;
}

/* P26: names differ between distributions; of a sum all fields must be there, of alternatives one. */
static void formulas_take_what_is_there(void **state) {
  sund_ctx *ctx = *state;
  sund_profile *profile = NULL;
  assert_ok(ctx, read_own(ctx,
                          "name: x\ntitle: x\nlayers:\n  homes:\n"
                          "    - {needs: ['p | q'], latest: [fra, from], parts: [group_a],\n"
                          "       fields: {persons: a + b, group_a: [a + z, c], id: t:k | u | v, use: w},\n"
                          "       codes: {id: {'1': one}, use: {'*': skip}}}\n",
                          &profile));
  const char *const fields[] = {"B", "a", "Q", "c", "V", "T", "FROM"};
  sund_source s = {.role = SUND_HOMES};
  assert_ok(ctx, sund_profile_apply(ctx, 1, &profile, 7, fields, "x", &s));
  assert_string_equal(field_of(&s, "persons"), "a + b");
  assert_string_equal(field_of(&s, "group_a"), "c");
  assert_string_equal(field_of(&s, "id"), "t:k | v");
  assert_string_equal(field_of(&s, "use"), "");
  assert_string_equal(code_of(&s, "id", "1"), "one");
  assert_string_equal(code_of(&s, "use", "*"), "");
  assert_string_equal(s.latest, "from");
  assert_int_equal(s.parts, 1);
  s = (sund_source){.role = SUND_HOMES, .latest = "mine"};
  assert_ok(ctx, sund_profile_apply(ctx, 1, &profile, 7, fields, "x", &s));
  assert_string_equal(s.latest, "mine");
  s = (sund_source){.role = SUND_HOMES};
  assert_ok(ctx, sund_profile_apply(ctx, 1, &profile, 2, fields, "x", &s));
  assert_null(s.profile);
}

static void own_profiles_are_files(void **state) {
  sund_ctx *ctx = *state;
  sund_profile *profile = NULL;
  assert_ok(ctx, read_own(ctx,
                          "name: 'no'\ntitle: Norge\nheights: EPSG:5941\nlayers:\n"
                          "  green:\n"
                          "    - {layer: ['n50_*', ar5], needs: [objtype], where: \"a\", crs: EPSG:25832,\n"
                          "       fields: {kind: [type, objtype]}, set: {kind: other, access: public},\n"
                          "       codes: {kind: {Skog: forest, '*': other}}}\n",
                          &profile));
  assert_string_equal(profile->title[0], "Norge");
  const char *const fields[] = {"OBJTYPE"};
  sund_source s = {.role = SUND_GREEN};
  assert_ok(ctx, sund_profile_apply(ctx, 1, &profile, 1, fields, "N50_skog", &s));
  assert_string_equal(field_of(&s, "kind"), "OBJTYPE");
  assert_string_equal(set_of(&s, "kind"), "");
  assert_string_equal(set_of(&s, "access"), "public");
  assert_string_equal(code_of(&s, "kind", "*"), "other");
  assert_string_equal(s.crs, "EPSG:25832");
  assert_string_equal(s.where, "a");
  s = (sund_source){.role = SUND_GREEN};
  assert_ok(ctx, sund_profile_apply(ctx, 1, &profile, 1, fields, "n500", &s));
  assert_null(s.profile);
}

static void mistakes_have_their_place(void **state) {
  (void)state;
  static const char *const wrong[][2] = {
      {"name: x\ntitle: y\n", "no.yaml:1:1: a profile needs the key layers"},
      {"name: x\ntitle: {dk: y}\nlayers: {}\n", "no.yaml:2:9: unknown key dk; a title has: da, sv, en"},
      {"name: x\ntitle: y\nlayers: {grn: []}\n", "no.yaml:3:10: unknown role grn"},
      {"name: x\ntitle: y\nlayers: {green: [{fields: {id: a}}]}\n",
       "no.yaml:3:18: an entry needs the key layer or needs"},
      {"name: x\ntitle: y\nlayers: {green: [{layer: a, fields: {idd: a}}]}\n",
       "no.yaml:3:38: green has no column idd"},
      {"name: x\ntitle: y\nlayers: {homes: [{layer: a, parts: [group_a, grup_b]}]}\n",
       "no.yaml:3:46: homes has no column grup_b"},
      {"name: x\ntitle: y\nlayers: {homes: [{layer: a, codes: {use: {1: keep}}}]}\n",
       "no.yaml:3:46: keep is no value of use; use one of: take, skip"},
      {"name: x\ntitle: y\nlayers: {green: [{layer: a, set: {kind: b}}]}\n",
       "no.yaml:3:41: b is no value of kind; use one of: forest, park, meadow, wetland, beach, lake, sports, "
       "allotment, "
       "cemetery, playground, protected, other"},
      {"name: x\ntitle: y\nlayers: {green: [{layer: a, need: [b]}]}\n",
       "no.yaml:3:29: unknown key need (did you mean needs?)"},
  };
  for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) {
    sund_ctx *ctx = sund_ctx_new();
    sund_profile *profile = NULL;
    assert_int_equal(read_own(ctx, wrong[k][0], &profile), SUND_USAGE);
    assert_string_equal(message_of(ctx), wrong[k][1]);
    assert_null(profile);
    sund_ctx_free(ctx);
  }
  sund_ctx *ctx = sund_ctx_new();
  sund_profile *profile = NULL;
  assert_int_equal(sund_profile_read(ctx, "dkk", &profile), SUND_USAGE);
  assert_string_equal(message_of(ctx), "unknown profile dkk (did you mean dk?); known: dk, eu, osm, se");
  sund_ctx_free(ctx);
}

static void every_allocation_may_fail(void **state) {
  (void)state;
  const char *const fields[] = {"marktyp", "tilltrade"};
  for (size_t n = 1;; n += n < 20 ? 1 : 37) {
    sund_ctx *ctx = sund_ctx_new();
    sund_profile *profile = NULL;
    sund_source s = {.role = SUND_GREEN};
    sund_ctx_fail_alloc(ctx, n);
    sund_code code = sund_profile_read(ctx, "se", &profile);
    if (code == SUND_OK) code = sund_profile_apply(ctx, 1, &profile, 2, fields, "g", &s);
    bool reached = sund_ctx_allocations(ctx) >= n;
    assert_int_equal(code, reached ? SUND_LIMIT : SUND_OK);
    assert_true(reached == !s.profile);
    sund_ctx_free(ctx);
    if (!reached) break;
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(danish_and_swedish_registers_are_mapped),
      SUND_TEST(areas_places_and_walls_are_mapped),
      SUND_TEST(real_layers_are_mapped),
      SUND_TEST(nothing_fits_nothing_changes),
      SUND_TEST(what_the_source_says_wins),
      SUND_TEST(codes_stay_with_their_field),
      SUND_TEST(fields_are_found_in_any_spelling),
      SUND_TEST(formulas_take_what_is_there),
      SUND_TEST(own_profiles_are_files),
      SUND_TEST(mistakes_have_their_place),
      SUND_TEST(every_allocation_may_fail),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
