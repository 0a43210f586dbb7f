// Brands, campaigns, numbers on campaigns and toll-free verifications at the played Telnyx, with
// reviewers that decide in virtual time.
//
// 10DLC speaks camelCase without `data`, under /10dlc and /v2/10dlc alike. Reviewers approve unless
// told: review orders brand_fails, reject (by Telnyx), reject_tcr, reject_mno, suspend,
// attachment_fails, or faults of these names (brand_fails, campaign_rejected, campaign_suspended,
// attachment_fails). The next matching filing takes the first order.
#pragma once

#include <optional>
#include <string>

#include "emulators/telnyx/books.hpp"
#include "emulators/telnyx/wire.hpp"

namespace dialplane::emulators::telnyx {

struct played_brand {
  std::string id;
  boost::json::object members;     // as sent
  std::string status = "REGISTRATION_PENDING";
  std::string identity = "SELF_DECLARED";
  std::string reason;
  std::string code;                // of a sole proprietor, texted
  std::optional<timestamp> code_sent_at;
  std::optional<timestamp> code_confirmed_at;
};

struct played_campaign {
  std::string id;
  boost::json::object members;
  std::string state = "TCR_PENDING";
  std::string reason;
  std::int64_t round = 0;          // of review: an appeal begins a new one
};

struct played_assignment {
  std::string e164;
  std::string campaign;
  std::string status = "PENDING_ASSIGNMENT";
  std::string reason;
  timestamp created_at;
};

struct played_verification {
  std::string id;
  boost::json::object members;
  std::string state = "Waiting For Vendor";
  std::string reason;
  std::int64_t round = 0;
};

class registration_desk {
 public:
  explicit registration_desk(books& of) : books_(of) {}

  void open(const route_adder& add);
  // "brand_review_ms", "campaign_review_ms" (of each of its four steps), "assignment_ms".
  void set_pace(std::optional<std::int64_t> brand, std::optional<std::int64_t> campaign,
                std::optional<std::int64_t> assignment);
  bool may_send(const std::string& e164) const;
  // What already stands is changed behind the owner's back.
  void suspend_all(const std::string& reason);
  void describe(boost::json::object& state) const;

 private:
  void open_brands(const route_adder& add, const std::string& base);
  void open_codes(const route_adder& add, const std::string& base);
  void open_campaigns(const route_adder& add, const std::string& base);
  void open_assignments(const route_adder& add, const std::string& path);
  void open_toll_free(const route_adder& add);

  http_response create_brand(const emulated_request& request);
  http_response verify_code(const emulated_request& request);
  http_response create_campaign(const emulated_request& request);
  http_response update_campaign(const emulated_request& request);
  http_response appeal(const emulated_request& request);
  http_response assign(const emulated_request& request, bool may_move);
  http_response file_toll_free(const emulated_request& request, played_verification* again);

  void review_brand(const std::string& id);
  void decide_brand(played_brand& brand);
  void review_campaign(const std::string& id, std::int64_t round, std::size_t step);
  void set_campaign(played_campaign& campaign, std::string state, std::string reason);
  void review_assignment(const std::string& e164);
  void review_toll_free(const std::string& id, std::int64_t round);

  played_brand* brand(std::string_view id);
  played_campaign* campaign(std::string_view id);
  played_assignment* assignment(std::string_view e164);
  played_verification* verification(std::string_view id);
  std::string new_code();

  books& books_;
  std::vector<played_brand> brands_;
  std::vector<played_campaign> campaigns_;
  std::vector<played_assignment> assignments_;
  std::vector<played_verification> verifications_;
  milliseconds brand_review_{0};
  milliseconds campaign_step_{1'000};
  milliseconds assignment_takes_{200};
};

}  // namespace dialplane::emulators::telnyx
