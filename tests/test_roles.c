/* test_roles.c - the table of roles: complete, consistent, and as the contract has it. */
#include <math.h>

#include "sund/layers.h"
#include "support.h"

static void every_role_is_found_by_its_name(void **state) {
  (void)state;
  static const char *const names[] = {"areas",   "land",     "coast",    "sea",    "green",      "entrances",
                                      "homes",   "jobs",     "places",   "paths",  "timetable",  "gates",
                                      "terrain", "barriers", "openings", "events", "candidates", "surveys",
                                      "od",      "gauge",    "walls",    "nogo",   "flows",      "travel"};
  assert_int_equal(sizeof names / sizeof *names, SUND_ROLE_COUNT);
  for (size_t k = 0; k < SUND_ROLE_COUNT; k++) {
    assert_string_equal(sund_role_of((sund_role)k)->name, names[k]);
    assert_int_equal(sund_role_find(names[k]), k);
    for (size_t language = 0; language < 3; language++)
      assert_non_null(sund_role_of((sund_role)k)->summary[language]);
  }
  assert_int_equal(sund_role_find("grene"), SUND_ROLE_COUNT);
  assert_null(sund_role_of(SUND_ROLE_COUNT));
}

static const sund_role_column *column_of(sund_role role, const char *name) {
  const sund_role_info *info = sund_role_of(role);
  for (size_t k = 0; k < info->columns; k++)
    if (strcmp(info->column[k].field.name, name) == 0) return &info->column[k];
  fail_msg("%s has no column %s", info->name, name);
  return NULL;
}

static void columns_are_described(void **state) {
  (void)state;
  for (size_t k = 0; k < SUND_ROLE_COUNT; k++) {
    const sund_role_info *info = sund_role_of((sund_role)k);
    for (size_t j = 0; j < info->columns; j++) {
      const sund_role_column *column = &info->column[j];
      for (size_t language = 0; language < 3; language++) assert_non_null(column->field.label[language]);
      if (column->required) assert_null(column->fallback);
      if (column->field.type == SUND_TEXT) assert_true(isnan(column->low) && isnan(column->high));
      else assert_false(column->low > column->high);
      for (size_t i = 0; i < j; i++) assert_string_not_equal(column->field.name, info->column[i].field.name);
      bool allowed = !column->field.choices || !column->fallback;
      for (const sund_choice *c = column->field.choices; c && c->value; c++) {
        for (size_t language = 0; language < 3; language++) assert_non_null(c->label[language]);
        if (column->fallback && strcmp(c->value, column->fallback) == 0) allowed = true;
      }
      assert_true(allowed);
    }
  }
}

/* No alias is the name of another column of its role, or two columns' alias. */
static void aliases_are_unmistakable(void **state) {
  (void)state;
  for (size_t k = 0; k < SUND_ROLE_COUNT; k++) {
    const sund_role_info *info = sund_role_of((sund_role)k);
    for (size_t j = 0; j < info->columns; j++) {
      for (const char *const *alias = info->column[j].alias; alias && *alias; alias++) {
        for (size_t i = 0; i < info->columns; i++) {
          assert_string_not_equal(*alias, info->column[i].field.name);
          for (const char *const *other = info->column[i].alias; i != j && other && *other; other++)
            assert_string_not_equal(*alias, *other);
        }
      }
    }
  }
}

static void the_contract_holds(void **state) {
  (void)state;
  assert_string_equal(column_of(SUND_HOMES, "persons")->fallback, "1");
  assert_string_equal(column_of(SUND_GREEN, "kind")->fallback, "other");
  assert_string_equal(column_of(SUND_GREEN, "access")->fallback, "unknown");
  assert_string_equal(column_of(SUND_AREAS, "level")->fallback, "municipality");
  assert_string_equal(column_of(SUND_PATHS, "level")->fallback, "0");
  assert_true(column_of(SUND_AREAS, "id")->required && column_of(SUND_JOBS, "jobs")->required);
  assert_true(column_of(SUND_EVENTS, "heights")->required && column_of(SUND_BARRIERS, "crest_m")->required);
  assert_false(column_of(SUND_GREEN, "id")->required || column_of(SUND_OPENINGS, "width_m")->required);
  static const char *const kinds[] = {"forest", "park",      "meadow",   "wetland",    "beach",     "lake",
                                      "sports", "allotment", "cemetery", "playground", "protected", "other"};
  const sund_choice *choice = column_of(SUND_GREEN, "kind")->field.choices;
  for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) assert_string_equal(choice[k].value, kinds[k]);
  assert_null(choice[sizeof kinds / sizeof *kinds].value);
  /* Homes and green areas need no geometry when the distances between them are given. */
  assert_true(sund_role_of(SUND_GREEN)->kinds == (1u << SUND_NONE | 1u << SUND_POINT | 1u << SUND_AREA));
  assert_true(sund_role_of(SUND_HOMES)->kinds == (1u << SUND_NONE | 1u << SUND_POINT | 1u << SUND_AREA));
  assert_true(sund_role_of(SUND_CANDIDATES)->kinds == (1u << SUND_POINT | 1u << SUND_LINE | 1u << SUND_AREA));
  assert_true(sund_role_of(SUND_SURVEYS)->kinds == 1u << SUND_NONE &&
              sund_role_of(SUND_OD)->kinds == 1u << SUND_NONE);
  assert_true(column_of(SUND_OD, "from")->required && column_of(SUND_OD, "to")->required);
  assert_false(column_of(SUND_OD, "minutes")->required || column_of(SUND_OD, "metres")->required);
  assert_true(sund_role_of(SUND_FLOWS)->kinds == 1u << SUND_NONE &&
              sund_role_of(SUND_TRAVEL)->kinds == 1u << SUND_NONE);
  assert_true(column_of(SUND_FLOWS, "from")->required && column_of(SUND_FLOWS, "to")->required &&
              column_of(SUND_FLOWS, "persons")->required && column_of(SUND_TRAVEL, "minutes")->required);
  assert_true(column_of(SUND_FLOWS, "persons")->low == 0 && !column_of(SUND_AREAS, "persons")->required);
  assert_true(column_of(SUND_SURVEYS, "area")->required && column_of(SUND_SURVEYS, "share")->high == 100);
  for (size_t k = 0; k < sund_role_of(SUND_CANDIDATES)->columns; k++)
    assert_false(sund_role_of(SUND_CANDIDATES)->column[k].required);
  assert_true(sund_role_of(SUND_GATES)->kinds == (1u << SUND_LINE | 1u << SUND_NONE));
  assert_true(sund_role_of(SUND_EVENTS)->kinds == 1u << SUND_NONE);
  assert_int_equal(sund_role_of(SUND_TERRAIN)->medium, SUND_RASTER);
  assert_int_equal(sund_role_of(SUND_TIMETABLE)->medium, SUND_GTFS);
  assert_string_equal(sund_role_of(SUND_HOMES)->prefix, "group_");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(every_role_is_found_by_its_name),
      SUND_TEST(columns_are_described),
      SUND_TEST(aliases_are_unmistakable),
      SUND_TEST(the_contract_holds),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
