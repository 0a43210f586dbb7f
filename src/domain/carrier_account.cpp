#include "domain/carrier_account.hpp"

#include <algorithm>

namespace dialplane {

namespace {

std::string because(const std::string& detail) {
  return detail.empty() ? std::string() : " (" + detail + ")";
}

}  // namespace

std::string sentence_of(const carrier_account& account) {
  switch (account.state) {
    case carrier_account_state::active: return "The account is in use.";
    case carrier_account_state::credentials_rejected:
      return "The carrier rejects the account's credentials" + because(account.state_detail) +
             ": nothing can be bought, routed or released there until new ones are given with "
             "`dialplane carriers rotate " + account.name + "`.";
    case carrier_account_state::out_of_funds:
      return "The account has no money left at the carrier" + because(account.state_detail) +
             ": nothing is bought there until it is topped up and `dialplane carriers check " +
             account.name + "` finds some.";
    case carrier_account_state::unusable:
      return "This program cannot open the account" + because(account.state_detail) +
             ": nothing happens there until it is corrected with `dialplane carriers rotate " +
             account.name + "`.";
    case carrier_account_state::removed_with_numbers:
      return "The account was removed while numbers still lived there" +
             because(account.state_detail) +
             ": the carrier goes on charging for them, and they can be neither routed nor "
             "released from here until the account is added again under the name " +
             account.name + ".";
  }
  return {};
}

bool is_account_name(std::string_view name) noexcept {
  const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto is_allowed = [&](char c) {
    return is_letter(c) || (c >= '0' && c <= '9') || c == '-';
  };
  return !name.empty() && name.size() <= 40 && is_letter(name.front()) &&
         std::ranges::all_of(name, is_allowed);
}

}  // namespace dialplane
