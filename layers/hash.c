/* hash.c - SHA-256 (FIPS 180-4) of bytes as they come, by libcrypto. */
#include "hash.h"

#include <openssl/evp.h>
#include <stdio.h>

struct hash_state {
  EVP_MD_CTX *digest;
};

static void close_hash(void *data) {
  EVP_MD_CTX_free(((hash_state *)data)->digest);
}

sund_code hash_open(sund_ctx *ctx, hash_state **out) {
  hash_state *state = sund_alloc(ctx, 1, sizeof *state);
  if (!state) return SUND_LIMIT;
  state->digest = EVP_MD_CTX_new();
  TRY(sund_defer(ctx, close_hash, state));
  if (!state->digest || EVP_DigestInit_ex(state->digest, EVP_sha256(), NULL) != 1)
    return sund_fail(ctx, SUND_LIMIT, "out of memory for SHA-256");
  *out = state;
  return SUND_OK;
}

sund_code hash_add(sund_ctx *ctx, hash_state *state, const void *bytes, size_t length) {
  if (EVP_DigestUpdate(state->digest, bytes, length) == 1) return SUND_OK;
  return sund_fail(ctx, SUND_DEFECT, "SHA-256 failed");
}

sund_code hash_end(sund_ctx *ctx, hash_state *state, const char **hex) {
  unsigned char sum[EVP_MAX_MD_SIZE];
  unsigned length = 0;
  if (EVP_DigestFinal_ex(state->digest, sum, &length) != 1) return sund_fail(ctx, SUND_DEFECT, "SHA-256 failed");
  char *text = sund_alloc(ctx, 2 * (size_t)length + 1, 1);
  if (!text) return SUND_LIMIT;
  for (unsigned i = 0; i < length; i++) snprintf(text + 2 * (size_t)i, 3, "%02x", sum[i]);
  *hex = text;
  return SUND_OK;
}
