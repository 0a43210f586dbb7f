// Text that must not leak: an owned secret that is wiped and never printed, and masking for show.
#pragma once

#include <cstddef>
#include <iosfwd>
#include <memory>
#include <string>
#include <string_view>

namespace dialplane {

// Owns a secret text. Its memory is wiped on destruction; moving leaves nothing behind; copying is
// spelt out (copy()). Printing it shows "***"; only reveal() shows the text.
class secret_string {
 public:
  secret_string() noexcept = default;
  explicit secret_string(std::string_view text);
  secret_string(secret_string&& other) noexcept;
  secret_string& operator=(secret_string&& other) noexcept;
  secret_string(const secret_string&) = delete;
  secret_string& operator=(const secret_string&) = delete;
  ~secret_string();

  // Takes the text over and wipes where it came from.
  static secret_string taken_from(std::string& text);

  secret_string copy() const { return secret_string(reveal()); }
  // Valid while this object lives and is not moved from.
  std::string_view reveal() const noexcept { return {text_.get(), size_}; }
  bool empty() const noexcept { return size_ == 0; }

 private:
  void wipe() noexcept;

  std::unique_ptr<char[]> text_;
  std::size_t size_ = 0;
};

// Writes "***", whatever the secret is.
std::ostream& operator<<(std::ostream& out, const secret_string& secret);

// Same text? Takes the same time wherever the first difference is.
bool same_secret(const secret_string& a, std::string_view b) noexcept;

// "***" and the last `keep_last` characters; only "***" where that would show more than half.
std::string masked(std::string_view text, std::size_t keep_last);

}  // namespace dialplane
