using System.Globalization;
using CsCheck;
using CsvHelper;
using EmotionMLNet.Files;

namespace EmotionMLNet.Tests.Files;

public sealed class CsvLineTests
{
    [Theory]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("+cmd", "'+cmd")]
    [InlineData("-cmd", "'-cmd")]
    [InlineData("\tx", "'\tx")]
    [InlineData("-0.5", "-0.5")]
    [InlineData("+1", "+1")]
    [InlineData("a=b", "a=b")]
    [InlineData("", "")]
    public void A_formula_becomes_text(string cell, string defused) => Assert.Equal(defused, CsvLine.Defuse(cell));

    [Fact]
    public void Another_library_reads_every_cell_back()
        => Gen.String.Array[1, 5].Sample(cells =>
        {
            using var csv = new CsvReader(
                new StringReader(CsvLine.Format(cells, safe: false) + "end\n"),
                new CsvHelper.Configuration.CsvConfiguration(CultureInfo.InvariantCulture)
                {
                    HasHeaderRecord = false,
                    IgnoreBlankLines = false,
                }
            );
            Assert.True(csv.Read());
            Assert.Equal(cells, csv.Parser.Record!);
        });
}
