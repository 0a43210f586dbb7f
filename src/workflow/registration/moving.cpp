#include "workflow/registration/moving.hpp"

#include "workflow/registration/begun_brand.hpp"

namespace dialplane {

namespace {

bool is_begun(const campaign& filed) {
  return filed.operation || !filed.carrier_reference.empty() || filed.submissions > 0;
}

struct registration_of {
  std::optional<number> its_number;
  std::optional<campaign> filed;
  std::optional<brand> company;
};

result<registration_of> read_registration(session& work, const operation& provision) {
  registration_of found;
  if (!provision.number) return internal_fault("a provision without a number");
  TRY_ASSIGN(found.its_number, work.numbers().find(provision.organization, *provision.number));
  if (!found.its_number || !found.its_number->campaign) return found;
  TRY_ASSIGN(found.filed,
             work.campaigns().find(provision.organization, *found.its_number->campaign));
  TRY_ASSIGN(found.company,
             work.campaigns().find_brand_of_user(provision.organization, provision.user));
  return found;
}

result<std::optional<std::string>> bound_by(session& work, const registration_of& found) {
  std::optional<std::string> bound;
  // A toll-free verification stands alone: filed after the purchase, where the number is.
  if (!found.filed || found.filed->kind != campaign_kind::ten_dlc) return bound;
  bound = found.filed->carrier;
  if (is_begun(*found.filed) || (found.company && is_begun(*found.company))) return bound;
  TRY_ASSIGN(const std::int64_t members,
             work.numbers().count_of_campaign(found.filed->organization, found.filed->id, 2));
  if (members > 1) return bound;
  return std::optional<std::string>();
}

}  // namespace

result<std::optional<std::string>> registration_home(session& work, organization_id owner,
                                                     user_id of) {
  TRY_ASSIGN(const auto company, work.campaigns().find_brand_of_user(owner, of));
  if (!company || !company->fee.is_taken() || company->carrier.empty()) {
    return std::optional<std::string>();
  }
  return std::optional(company->carrier);
}

result<std::optional<std::string>> bound_account(session& work, const operation& provision) {
  TRY_ASSIGN(const registration_of found, read_registration(work, provision));
  return bound_by(work, found);
}

result<void> move_to_account(session& work, const operation& provision, timestamp at) {
  TRY_ASSIGN(registration_of found, read_registration(work, provision));
  if (!found.its_number) return internal_fault("an operation's number is not there");
  TRY_ASSIGN(const auto bound, bound_by(work, found));
  const std::string& to = provision.carrier;
  if (bound && *bound != to) {
    return conflicting(error_code::conflict, "The registration is at another account by now.");
  }
  found.its_number->carrier = to;
  found.its_number->updated_at = at;
  TRY(work.numbers().update(*found.its_number));
  if (found.filed && found.filed->carrier != to && !is_begun(*found.filed)) {
    found.filed->carrier = to;
    found.filed->updated_at = at;
    TRY(work.campaigns().update(*found.filed));
  }
  const bool takes_brand = found.filed && found.filed->kind == campaign_kind::ten_dlc;
  if (takes_brand && found.company && found.company->carrier != to && !is_begun(*found.company)) {
    found.company->carrier = to;
    found.company->updated_at = at;
    TRY(work.campaigns().update_brand(*found.company));
  }
  return {};
}

}  // namespace dialplane
