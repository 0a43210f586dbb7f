#include "domain/campaign.hpp"

namespace dialplane {

std::optional<std::string> review_eta(const campaign& subject) {
  if (subject.status == campaign_status::active || subject.status == campaign_status::rejected) {
    return std::nullopt;
  }
  // Times as carriers publish them: 10DLC review 1-2 business days, toll-free 1-2 weeks.
  return subject.kind == campaign_kind::ten_dlc ? "1-2 business days" : "1-2 weeks";
}

}  // namespace dialplane
