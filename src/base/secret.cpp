#include "base/secret.hpp"

#include <openssl/crypto.h>

#include <algorithm>
#include <ostream>
#include <utility>

#include "base/crypto.hpp"

namespace dialplane {

secret_string::secret_string(std::string_view text)
    : text_(text.empty() ? nullptr : new char[text.size()]), size_(text.size()) {
  std::copy_n(text.data(), text.size(), text_.get());
}

secret_string::secret_string(secret_string&& other) noexcept
    : text_(std::move(other.text_)), size_(std::exchange(other.size_, 0)) {}

secret_string& secret_string::operator=(secret_string&& other) noexcept {
  if (this != &other) {
    wipe();
    text_ = std::move(other.text_);
    size_ = std::exchange(other.size_, 0);
  }
  return *this;
}

secret_string::~secret_string() { wipe(); }

void secret_string::wipe() noexcept {
  if (text_ != nullptr) OPENSSL_cleanse(text_.get(), size_);
}

secret_string secret_string::taken_from(std::string& text) {
  secret_string secret{std::string_view(text)};
  OPENSSL_cleanse(text.data(), text.size());
  text.clear();
  return secret;
}

std::ostream& operator<<(std::ostream& out, const secret_string&) { return out << "***"; }

bool same_secret(const secret_string& a, std::string_view b) noexcept {
  return constant_time_equal(a.reveal(), b);
}

std::string masked(std::string_view text, std::size_t keep_last) {
  std::string shown = "***";
  if (keep_last <= text.size() / 2) shown += text.substr(text.size() - keep_last);
  return shown;
}

}  // namespace dialplane
