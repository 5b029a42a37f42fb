using System.Text.Json;
using EmotionMLNet.Training.Augmentation;

namespace EmotionMLNet.Tests.Augmentation;

public sealed class SharpnessTests
{
    private sealed record Case(int Width, int Channels, float Factor, float[] Image, float[] Expected);

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private static Case[] Cases =>
        JsonSerializer.Deserialize<Case[]>(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", "sharpness.json")), Json)!;

    public static TheoryData<int> Numbers => [.. Enumerable.Range(0, Cases.Length)];

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Sharpness_equals_torchvision(int number)
    {
        Case c = Cases[number];
        float[] image = [.. c.Image];
        Sharpness.Change(image, c.Width, c.Channels, c.Factor);
        for (int i = 0; i < image.Length; i++)
            Assert.True(
                MathF.Abs(c.Expected[i] - image[i]) < 0.01f,
                $"value {i} of case {number} of Tests/Golden/sharpness.py: {image[i]}, torchvision {c.Expected[i]}"
            );
    }

    [Fact]
    public void A_factor_of_1_changes_nothing()
    {
        float[] image = [.. Enumerable.Range(0, 48 * 48).Select(i => (float)(i * 7 % 256))], before = [.. image];
        Sharpness.Change(image, 48, 1, 1);
        Assert.Equal(before, image);
    }
}
