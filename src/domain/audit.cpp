#include "domain/audit.hpp"

#include <algorithm>

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

// What must have happened to a run whose entries do not fit their hashes.
std::string harm_to(const sealed_run& run) {
  if (run.entries.size() < run.hashes.size()) return "an entry is missing";
  if (run.entries.size() > run.hashes.size()) return "an entry was added";
  return "an entry was changed";
}

}  // namespace

audit_hash chain(const audit_hash& previous, const audit_entry& entry) {
  std::string text;
  constexpr std::size_t fixed_fields = 256;  // of 32, 16 and 8 bytes, and the lengths
  text.reserve(fixed_fields + entry.action.size() + entry.object.size() + entry.detail.size() +
               entry.request_id.size());
  text.append(text_of(previous));
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

std::optional<audit_break> follow(audit_head& so_far, const sealed_run& run) {
  if (run.first_sequence != so_far.sequence + 1) {
    return audit_break{so_far.sequence + 1, "an entry is missing"};
  }
  const std::size_t both = std::min(run.hashes.size(), run.entries.size());
  for (std::size_t i = 0; i < both; ++i) {
    audit_entry entry = run.entries[i];
    entry.sequence = so_far.sequence + 1;
    if (chain(so_far.hash, entry) != run.hashes[i]) {
      return audit_break{entry.sequence, harm_to(run)};
    }
    so_far = {entry.sequence, run.hashes[i]};
  }
  if (run.hashes.empty() || run.entries.size() != run.hashes.size()) {
    return audit_break{so_far.sequence + 1, harm_to(run)};
  }
  return std::nullopt;
}

}  // namespace dialplane
