using CsCheck;
using EmotionMLNet.Files;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.Files;

public sealed class SafeFileNameTests
{
    [Theory]
    [InlineData("happy", "happy")]
    [InlineData("..", "_")]
    [InlineData(".", "_")]
    [InlineData("", "_")]
    [InlineData("   ", "_")]
    [InlineData("../../etc", ".._.._etc")]
    [InlineData(@"a\b/c:d", "a_b_c_d")]
    [InlineData("NUL", "_NUL")]
    [InlineData("con.txt", "_con.txt")]
    [InlineData("COM1", "_COM1")]
    [InlineData("happy. ", "happy")]
    [InlineData("a\u001b[31m", "a_[31m")]
    [InlineData("fröhlich 😀", "fröhlich 😀")]
    public void A_label_becomes_one_name(string label, string name) => Assert.Equal(name, SafeFileName.Create(label));

    [Fact]
    public void A_file_of_that_name_lies_in_its_folder_whatever_the_label()
    {
        using var folder = new TemporaryFolder();
        Gen.String.Sample(label =>
        {
            string path = Path.GetFullPath(Path.Combine(folder.FullName, SafeFileName.Create(label)));
            Assert.Equal(folder.FullName, Path.GetDirectoryName(path));
            Assert.True(System.Text.Encoding.UTF8.GetByteCount(Path.GetFileName(path)) <= 125);
        });
    }

    [Fact]
    public void Equal_names_are_kept_apart_as_Windows_sees_them()
        => Assert.Equal(["a_b", "A_B (2)", "a_b (3)", "_", "_ (2)"], SafeFileName.CreateDistinct(["a/b", "A:B", "a*b", "..", "."]));

    [Fact]
    public void Names_are_distinct_for_any_labels()
        => Gen.String.Array.Sample(labels =>
        {
            IReadOnlyList<string> names = SafeFileName.CreateDistinct(labels);
            Assert.Equal(labels.Length, names.Distinct(StringComparer.OrdinalIgnoreCase).Count());
        });
}
