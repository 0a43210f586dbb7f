#include "domain/number.hpp"

namespace dialplane {

std::string number::area_code() const {
  return e164.size() == 12 ? e164.substr(2, 3) : std::string();
}

bool number::area_code_matched() const {
  return area_code_asked.empty() || area_code_asked == area_code();
}

attachment_status number::attachment() const noexcept {
  if (campaign_attached) return attachment_status::attached;
  return attachment_failure ? attachment_status::failed : attachment_status::pending;
}

}  // namespace dialplane
