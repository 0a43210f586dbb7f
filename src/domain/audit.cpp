#include "domain/audit.hpp"

#include "base/crypto.hpp"

namespace dialplane {

namespace {

void add_number(std::string& text, std::int64_t value) {
  for (int shift = 56; shift >= 0; shift -= 8) {
    text.push_back(static_cast<char>(static_cast<std::uint64_t>(value) >> shift & 0xff));
  }
}

// The length in front keeps "ab"+"c" and "a"+"bc" apart.
void add_text(std::string& text, std::string_view field) {
  add_number(text, static_cast<std::int64_t>(field.size()));
  text.append(field);
}

}  // namespace

audit_hash chain(const audit_hash& previous, const audit_entry& entry) {
  std::string text(text_of(previous));
  add_number(text, entry.sequence);
  add_text(text, text_of(entry.id.bytes));
  add_text(text, text_of(entry.organization.bytes));
  add_text(text, entry.actor_type);
  add_text(text, entry.key ? text_of(entry.key->bytes) : std::string_view());
  add_text(text, entry.action);
  add_text(text, entry.object);
  add_number(text, entry.price ? 1 : 0);
  add_number(text, entry.price ? entry.price->value : 0);
  add_text(text, entry.detail);
  add_text(text, entry.request_id);
  add_number(text, entry.at.unix_ms);
  return sha256(text);
}

}  // namespace dialplane
