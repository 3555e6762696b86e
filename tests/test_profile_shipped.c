/* test_profile_shipped.c - what must hold of every profile that comes with the program, whatever it maps. */
#include "sund/layers.h"
#include "support.h"

static void every_shipped_profile_is_read(void **state) {
  sund_ctx *ctx = *state;
  size_t count = 0;
  for (const sund_shipped *file = sund_shipped_profiles; file->name; file++, count++) {
    sund_profile *profile = NULL;
    assert_ok(ctx, sund_profile_read(ctx, file->name, &profile));
    assert_string_equal(profile->name, file->name);
    for (size_t language = 0; language < 3; language++) assert_non_null(profile->title[language]);
    assert_non_null(profile->crs);
    assert_non_null(sund_node_get(profile->root, "layers"));
  }
  assert_int_equal(count, 4);
}

/* Codes without a field would wait for a column of the role's name with foreign values in it. */
static void shipped_codes_belong_to_mapped_columns(void **state) {
  sund_ctx *ctx = *state;
  for (const sund_shipped *file = sund_shipped_profiles; file->name; file++) {
    sund_profile *profile = NULL;
    assert_ok(ctx, sund_profile_read(ctx, file->name, &profile));
    const sund_node *layers = sund_node_get(profile->root, "layers");
    for (size_t role = 0; role < layers->count; role++) {
      for (size_t k = 0; k < layers->item[role]->count; k++) {
        const sund_node *entry = layers->item[role]->item[k], *codes = sund_node_get(entry, "codes");
        for (size_t j = 0; codes && j < codes->count; j++)
          if (!sund_node_get(sund_node_get(entry, "fields"), codes->key[j]))
            fail_msg("%s line %d", file->name, codes->key_mark[j].line);
      }
    }
  }
}

/* What a mapping of an entry says of a code: by itself, else `*`. */
static const char *entry_code(const sund_node *entry, const char *column, const char *code) {
  const sund_node *codes = sund_node_get(sund_node_get(entry, "codes"), column);
  const sund_node *to = codes ? sund_node_get(codes, code) : NULL;
  if (codes && !to) to = sund_node_get(codes, "*");
  return to ? to->text : "";
}

/* Cells of one kind become one area, so their codes must agree in access and law. */
static void check_cells(const char *profile, const sund_node *entry) {
  const sund_node *kinds = sund_node_get(sund_node_get(entry, "codes"), "kind");
  for (size_t a = 0; a < kinds->count; a++)
    for (size_t b = 0; b < a; b++) {
      if (strcmp(kinds->item[a]->text, "skip") == 0 || strcmp(kinds->item[a]->text, kinds->item[b]->text) != 0)
        continue;
      for (int k = 0; k < 2; k++) {
        const char *column = k == 0 ? "access" : "law";
        if (strcmp(entry_code(entry, column, kinds->key[a]), entry_code(entry, column, kinds->key[b])) != 0)
          fail_msg("%s: %s and %s differ in %s", profile, kinds->key[a], kinds->key[b], column);
      }
    }
}

/* What access and law say of a code, kind must know: a slip of the pen would open or close a place unseen. */
static void shipped_codes_agree(void **state) {
  sund_ctx *ctx = *state;
  size_t rasters = 0;
  for (const sund_shipped *file = sund_shipped_profiles; file->name; file++) {
    sund_profile *profile = NULL;
    assert_ok(ctx, sund_profile_read(ctx, file->name, &profile));
    const sund_node *green = sund_node_get(sund_node_get(profile->root, "layers"), "green");
    for (size_t i = 0; green && i < green->count; i++) {
      const sund_node *entry = green->item[i], *codes = sund_node_get(entry, "codes"), *needs;
      const sund_node *kinds = codes ? sund_node_get(codes, "kind") : NULL;
      for (size_t c = 0; kinds && c < codes->count; c++) {
        const sund_node *from = sund_node_get(sund_node_get(entry, "fields"), codes->key[c]);
        const sund_node *kind_from = sund_node_get(sund_node_get(entry, "fields"), "kind");
        if (from->kind != SUND_SCALAR || strcmp(from->text, kind_from->text) != 0) continue;
        for (size_t k = 0; k < codes->item[c]->count; k++)
          if (!*entry_code(entry, "kind", codes->item[c]->key[k]) && strcmp(codes->item[c]->key[k], "*") != 0)
            fail_msg("%s line %d: kind does not know %s", file->name, codes->item[c]->key_mark[k].line,
                     codes->item[c]->key[k]);
      }
      needs = sund_node_get(entry, "needs");
      if (!needs || needs->count == 0 || strcmp(needs->item[0]->text, "kind") != 0) continue;
      check_cells(file->name, entry);
      rasters++;
    }
  }
  assert_int_equal(rasters, 3);
}

static void differences_have_three_languages(void **state) {
  (void)state;
  size_t count = 0;
  for (const sund_asymmetry *a = sund_asymmetries; a->id; a++, count++)
    for (int k = 0; k < 3; k++) assert_true(a->text[k] && strlen(a->text[k]) > 20 && !strchr(a->text[k], '\n'));
  assert_int_equal(count, 5);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(every_shipped_profile_is_read),
      SUND_TEST(shipped_codes_belong_to_mapped_columns),
      SUND_TEST(shipped_codes_agree),
      SUND_TEST(differences_have_three_languages),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
