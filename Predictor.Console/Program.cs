namespace EmotionMLNet.Predictor;

internal static class Program
{
    public static int Main() => 0;
}
