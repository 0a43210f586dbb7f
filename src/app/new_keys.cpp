#include "app/new_keys.hpp"

#include <algorithm>

#include "base/crypto.hpp"

namespace dialplane {

namespace {

constexpr std::size_t random_characters = 32;

}  // namespace

secret_string make_key_text(key_role role, random_source& random) {
  std::string text = role == key_role::operator_key ? "nv_pk_live_" : "nv_sk_live_";
  text += random_base62(random, random_characters);
  return secret_string::taken_from(text);
}

result<void> check_given_key(std::string_view name, std::string_view text) {
  const bool visible = std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f; });
  if (text.size() < 20 || text.size() > 200 || !visible) {
    return refused(error_code::invalid_input,
                   std::string(name) + " must be 20 to 200 visible ASCII characters.");
  }
  return {};
}

api_key row_of_key(const secret_string& text, key_role role, organization_id owner, api_key_id id,
                   timestamp now) {
  api_key row;
  row.id = id;
  row.organization = owner;
  row.role = role;
  row.hash = sha256(text.reveal());
  const std::string_view shown = text.reveal();
  const std::size_t prefix = std::min<std::size_t>(shown.find_last_of('_') + 1, 11);
  row.hint.append(shown.substr(0, prefix)).append("…").append(shown.substr(shown.size() - 4));
  row.created_at = now;
  return row;
}

}  // namespace dialplane
