#include "carriers/surge/owned_number.hpp"

#include <algorithm>

#include "carriers/surge/wire_reading.hpp"

namespace dialplane::surge {

namespace {

constexpr std::size_t mark_characters_max = 64;
constexpr std::size_t number_bytes_max = 20;

bool is_number_shape(std::string_view text) noexcept {
  return text.size() >= 8 && text.size() <= 16 && text[0] == '+' &&
         std::all_of(text.begin() + 1, text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

bool is_mark_shape(std::string_view text) noexcept {
  return !text.empty() && text.size() <= mark_characters_max &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '_' || c == '-';
         });
}

std::string mark_in_name(std::string_view name) {
  const std::string_view first = name.substr(0, name.find(' '));
  return std::string(is_mark_shape(first) ? first : name);
}

std::string owned_number::mark() const { return mark_in_name(name); }

result<owned_number> read_number(const boost::json::object& answer, std::string account) {
  owned_number number;
  number.account = std::move(account);
  TRY_ASSIGN(number.id, id_in(answer));
  TRY_ASSIGN(number.e164, text_in(answer, "number", number_bytes_max));
  TRY_ASSIGN(number.type, optional_text_in(answer, "type", word_bytes_max));
  if (number.is_ours_to_list() && !is_number_shape(number.e164)) return unreadable("number");
  TRY_ASSIGN(number.name, optional_text_in(answer, "name", text_bytes_max));
  TRY_ASSIGN(const boost::json::object* campaign, optional_object_in(answer, "campaign"));
  if (campaign != nullptr) {
    TRY_ASSIGN(number.campaign, id_in(*campaign));
    TRY_ASSIGN(number.attachment, optional_text_in(*campaign, "attachment_status",
                                                   word_bytes_max));
  } else {
    TRY_ASSIGN(number.campaign, optional_text_in(answer, "campaign_id", id_bytes_max));
  }
  return number;
}

carrier_number to_port(const owned_number& number, timestamp now) {
  carrier_number owned;
  owned.e164 = number.e164;
  owned.mark = number.mark();
  owned.bought_at = time_of_id(number.id).value_or(now);
  owned.routing_set = true;  // the project's webhook is every number's
  owned.reference = number.id;
  owned.campaign_reference = number.campaign;
  return owned;
}

}  // namespace dialplane::surge
